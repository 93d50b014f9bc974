using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Testing;

/// <summary>Valid things in which a test names only what matters to it.</summary>
public static partial class Some
{
    /// <summary>A job with an id of its own.</summary>
    public static JobMessage Job(Guid? id = null, string name = "build", TemplateToken? container = null, TemplateToken? services = null) => new()
    {
        JobId = new JobId(id ?? Guid.NewGuid()),
        Plan = new PlanReference { PlanId = new PlanId(Guid.Parse("11111111-2222-4333-8444-555555555555")) },
        JobDisplayName = name,
        JobName = name,
        JobContainer = container,
        JobServiceContainers = services,
    };

    /// <summary>A runner.</summary>
    public static RunnerIdentity Runner(string name = "test-runner") => new() { Name = name, Version = "0.0.0-test" };

    /// <summary>A mapping token of literal keys.</summary>
    public static MappingToken Mapping(params (string Key, TemplateToken Value)[] entries) =>
        new([.. entries.Select(entry => new MappingEntry(new StringToken(entry.Key), entry.Value))]);
}
