using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;

namespace Runner.Backends;

/// <summary>What of a launch is kept beside its job, so that another agent can adopt it: ids, names and times, nothing secret.</summary>
internal sealed record LaunchRecord
{
    public required JobId JobId { get; init; }

    public required PlanId PlanId { get; init; }

    public string JobDisplayName { get; init; } = string.Empty;

    public string JobName { get; init; } = string.Empty;

    public required RunnerIdentity Runner { get; init; }

    public ImmutableArray<string> Labels { get; init; } = [];

    public string Pool { get; init; } = "default";

    public int Attempt { get; init; }

    public required DateTimeOffset MessageSeen { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>By which the worker's outcome is told from a step's (<see cref="OutcomeProof"/>); <c>null</c>: no outcome counts.</summary>
    public string? OutcomeChecks { get; init; }

    /// <summary>Whom the worker tells of the job: without its launcher one that reports to it is of no use.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ReportingTarget Reporting { get; init; }

    /// <summary>The record of a launch.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="created">When its place was asked for.</param>
    /// <param name="outcomeKey">The key that its worker is given.</param>
    public static LaunchRecord Of(JobLaunch launch, DateTimeOffset created, Secret outcomeKey) => new()
    {
        JobId = launch.JobId,
        PlanId = launch.Job.Plan.PlanId,
        JobDisplayName = launch.Job.JobDisplayName,
        JobName = launch.Job.JobName,
        Runner = launch.Runner,
        Labels = launch.Labels,
        Pool = launch.Pool,
        Attempt = launch.Attempt,
        MessageSeen = launch.MessageSeen,
        Reporting = launch.Reporting,
        Created = created,
        OutcomeChecks = OutcomeProof.ChecksOf(outcomeKey),
    };

    /// <summary>The launch as far as it can be told from here: the job message has its ids and names only.</summary>
    public JobLaunch ToLaunch() => new()
    {
        Job = new JobMessage
        {
            JobId = JobId,
            Plan = new PlanReference { PlanId = PlanId },
            JobDisplayName = JobDisplayName,
            JobName = JobName,
        },
        Runner = Runner,
        Labels = Labels,
        Pool = Pool,
        Attempt = Attempt,
        MessageSeen = MessageSeen,
    };
}
