using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Agent.Pools;

/// <summary>Makes the launch of a job that a pool took. Pure.</summary>
internal static class PoolLaunches
{
    /// <summary>The launch.</summary>
    public static JobLaunch Of(JobMessage job, string runnerName, RunnerPool pool, JobSize size, AgentOptions options, DateTimeOffset seen) => new()
    {
        Job = job,
        Runner = new RunnerIdentity
        {
            Name = runnerName,
            GroupName = pool.Group,
            Version = options.Github.RunnerVersion,
            MachineName = options.Agent.Instance,
            Placement = size.Warning is { } warning ? [$"Warning: {warning}"] : [],
        },
        Labels = size.Labels,
        Pool = pool.Name,
        Platform = pool.Platform,
        Most = pool.Most,
        MessageSeen = seen,
        Services = options.Services.ToAddresses(),
        Hold = pool.HoldOnFailure is { } time ? new FailureHold { Time = time, OnlyDebugging = true } : null,
        Usage = options.Monitoring.Usage is { Enabled: true, Summary: var summary } ? new UsageReport { InSummary = summary } : null,
    };
}
