using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Containers;

/// <summary>
/// Options of <c>docker create</c>, read by <see cref="ContainerOptionsParser"/>: each with its long name, in order. What an option means is
/// the backend's to say; one that it cannot honour is told to the author of the workflow.
/// </summary>
public sealed record ContainerOptions
{
    /// <summary>No options.</summary>
    public static ContainerOptions None { get; } = new();

    /// <summary>The options but for those of the health check.</summary>
    public ImmutableArray<ContainerOption> All { get; init; } = [];

    /// <summary>The <c>--health-…</c> options, or <c>null</c> where none is given.</summary>
    public HealthCheck? Health { get; init; }

    /// <summary>The check to wait for, or <c>null</c>: none is asked for, or it is switched off.</summary>
    [JsonIgnore]
    public HealthCheck? EffectiveHealth => Health is { IsDisabled: false } ? Health : null;

    /// <summary>The last value of an option, which is the one that counts, or <c>null</c>.</summary>
    /// <param name="name">Long name with its dashes: <c>--user</c>.</param>
    public string? Find(string name) => All.LastOrDefault(option => option.Name == name)?.Value;

    /// <summary>All values of an option that may stand more than once.</summary>
    public IEnumerable<string> Values(string name) => All.Where(option => option.Name == name).Select(option => option.Value);

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn(string name) => Find(name) is "true";
}

/// <summary>One option.</summary>
/// <param name="Name">Long name with its dashes.</param>
/// <param name="Value">Its value; of a switch <c>true</c> or <c>false</c>.</param>
public sealed record ContainerOption(string Name, string Value);
