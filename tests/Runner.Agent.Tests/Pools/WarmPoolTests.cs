using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Kubernetes.Options;

namespace Runner.Agent.Tests.Pools;

/// <summary>Pools with pods that wait for jobs: what may be said of them, and where they wait.</summary>
public sealed class WarmPoolTests
{
    public static TheoryData<WarmOptions, string?> Settings => new()
    {
        // warm                                                         the problem, with its key
        { new() { Min = 1 },                                            null },
        { new() { Max = 10 },                                           null },
        { new() { Min = 2, Max = 2, Idle = TimeSpan.FromHours(1) },     null },
        { new(),                                                        "pools[0].warm keeps no pods; expected min, max or both" },
        { new() { Min = -1 },                                           "pools[0].warm.min is -1, expected 0 or more" },
        { new() { Max = 0 },                                            "pools[0].warm.max is 0, expected at least 1" },
        { new() { Min = 3, Max = 2 },                                   "pools[0].warm.max is 2, expected at least 3" },
        { new() { Min = 11 },                                           "pools[0].warm keeps up to 11 pods for at most 10 jobs (maxJobs); the others would never be used" },
        { new() { Min = 1, Idle = TimeSpan.Zero },                      "pools[0].warm.idle is 00:00:00, expected a time such as 10m" },
    };

    [Theory, MemberData(nameof(Settings))]
    public void Settings_are_checked(WarmOptions warm, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], PoolRules.Check(Options(warm, BackendKind.Kubernetes)).Select(found => $"{found.Path} {found.Problem}"));

    [Fact]
    public void Other_backends_have_none() => Assert.Contains(
        ("pools[0].warm", "are pods that wait, which other backends do not have; leave it out"), PoolRules.Check(Options(new() { Min = 1 }, BackendKind.Docker)));

    [Fact]
    public void They_wait_where_the_pools_jobs_are_taken()
    {
        using var runners = new RunnerPool(Options(new() { Min = 1 }, BackendKind.Kubernetes).Pools[0], "agent", []);
        using var set = new RunnerPool(new PoolOptions { Name = "set", Labels = ["linux"], Mode = PoolMode.ScaleSet }, "agent", []);

        var before = (runners.IsTaking, set.IsTaking);
        set.SetSession(isHeld: true);
        var held = set.IsTaking;
        set.SetSession(isHeld: false);

        Assert.Equal(((true, false), true, false), (before, held, set.IsTaking));
    }

    private static AgentOptions Options(WarmOptions warm, BackendKind backend) => new()
    {
        Backend = backend,
        Pools = [new PoolOptions { Name = "p", Labels = ["linux"], Warm = warm }],
        Kubernetes = backend == BackendKind.Kubernetes ? new KubernetesOptions { DefaultImage = "debian:12", RunnerImage = "runner:1" } : null,
    };
}
