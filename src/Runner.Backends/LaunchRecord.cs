using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;

namespace Runner.Backends;

/// <summary>
/// What of a launch every backend keeps beside its job, so that another agent can adopt it: ids, names, addresses and times, nothing secret.
/// </summary>
/// <remarks>
/// All of <see cref="JobLaunch"/> but what a place that others read may not hold (the job itself, its containers' variables and logins) and what is of the
/// launcher's process alone (<see cref="JobLaunch.Requests"/>). A test holds the two beside each other, property by property.
/// </remarks>
public sealed record LaunchRecord
{
    /// <summary>The job.</summary>
    public required JobId JobId { get; init; }

    /// <summary>Its plan.</summary>
    public required PlanId PlanId { get; init; }

    /// <summary>Its name as people see it.</summary>
    public string JobDisplayName { get; init; } = string.Empty;

    /// <summary>Its name in the workflow.</summary>
    public string JobName { get; init; } = string.Empty;

    /// <summary><see cref="JobLaunch.Runner"/>.</summary>
    public required RunnerIdentity Runner { get; init; }

    /// <summary><see cref="JobLaunch.Labels"/>.</summary>
    public ImmutableArray<string> Labels { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary><see cref="JobLaunch.Pool"/>.</summary>
    public string Pool { get; init; } = "default";

    /// <summary><see cref="JobLaunch.Platform"/>.</summary>
    public string? Platform { get; init; }

    /// <summary><see cref="JobLaunch.Most"/>.</summary>
    public MostResources? Most { get; init; }

    /// <summary><see cref="JobLaunch.Attempt"/>.</summary>
    public int Attempt { get; init; }

    /// <summary><see cref="JobLaunch.Services"/>.</summary>
    public ServiceAddresses? Services { get; init; }

    /// <summary><see cref="JobLaunch.SendsWorkspace"/>.</summary>
    public bool SendsWorkspace { get; init; }

    /// <summary><see cref="JobLaunch.BoundWorkspace"/>.</summary>
    public string? BoundWorkspace { get; init; }

    /// <summary><see cref="JobLaunch.MessageSeen"/>.</summary>
    public required DateTimeOffset MessageSeen { get; init; }

    /// <summary>When the job's place was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>By which the worker's outcome is told from a step's (<see cref="OutcomeProof"/>); <c>null</c>: no outcome counts.</summary>
    public string? OutcomeChecks { get; init; }

    /// <summary>Whom the worker tells of the job: without its launcher one that reports to it is of no use.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ReportingTarget Reporting { get; init; }

    /// <summary>The record of a launch.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="created">When its place was asked for.</param>
    /// <param name="outcomeKey">The key that its worker is given; <c>null</c>: the place keeps it elsewhere.</param>
    public static LaunchRecord Of(JobLaunch launch, DateTimeOffset created, Secret? outcomeKey)
    {
        ArgumentNullException.ThrowIfNull(launch);
        return new LaunchRecord
        {
            JobId = launch.JobId,
            PlanId = launch.Job.Plan.PlanId,
            JobDisplayName = launch.Job.JobDisplayName,
            JobName = launch.Job.JobName,
            Runner = launch.Runner,
            Labels = launch.Labels,
            Pool = launch.Pool,
            Platform = launch.Platform,
            Most = launch.Most,
            Attempt = launch.Attempt,
            Reporting = launch.Reporting,
            Services = launch.Services,
            SendsWorkspace = launch.SendsWorkspace,
            BoundWorkspace = launch.BoundWorkspace,
            MessageSeen = launch.MessageSeen,
            Created = created,
            OutcomeChecks = outcomeKey is { } key ? OutcomeProof.ChecksOf(key) : null,
        };
    }

    /// <summary>The launch as far as it can be told from here: the job message has its ids and names only, and there are no containers.</summary>
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
        Platform = Platform,
        Most = Most,
        Attempt = Attempt,
        Reporting = Reporting,
        Services = Services,
        SendsWorkspace = SendsWorkspace,
        BoundWorkspace = BoundWorkspace,
        MessageSeen = MessageSeen,
    };
}
