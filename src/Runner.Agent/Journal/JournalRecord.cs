using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Protocol.Broker;

namespace Runner.Agent.Journal;

/// <summary>What must be known of a job to start it or to conclude it. It holds secrets, and is never on disk but sealed.</summary>
internal sealed record JournalRecord
{
    /// <summary>Pool that takes the job.</summary>
    public required string Pool { get; init; }

    /// <summary>Runner that takes it.</summary>
    public required string RunnerName { get; init; }

    /// <summary>The runner's JIT configuration, by which the job can be acquired.</summary>
    public required string JitConfig { get; init; }

    /// <summary>The offer's own words.</summary>
    public required string RunnerRequestId { get; init; }

    /// <summary>As above.</summary>
    public required string RunServiceUrl { get; init; }

    /// <summary>As above.</summary>
    public string? BillingOwnerId { get; init; }

    /// <summary>The job's message, where the offer had it (V1): it does not come a second time.</summary>
    public string? JobMessage { get; init; }

    /// <summary>When the offer was seen.</summary>
    public required DateTimeOffset MessageSeen { get; init; }

    /// <summary>The job, once it was acquired: a payload as workers get it, with paths that mean nothing.</summary>
    public string? Payload { get; init; }

    /// <summary>Labels of the launch.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Platform of the launch.</summary>
    public string? Platform { get; init; }

    /// <summary>Bounds of the launch.</summary>
    public MostResources? Most { get; init; }

    /// <summary>Which job, once it was acquired.</summary>
    public Guid? JobId { get; init; }

    /// <summary>Attempt of the launch.</summary>
    public int Attempt { get; init; }

    /// <summary>Whether its worker ran, so that it may not be started again.</summary>
    public bool HasStarted { get; init; }

    /// <summary>The record of a job that was acquired by another agent: how, nobody needs to know any more.</summary>
    public static JournalRecord Of(JobLaunch launch)
    {
        var nothing = new JournalRecord
        {
            Pool = launch.Pool,
            RunnerName = launch.Runner.Name,
            JitConfig = string.Empty,
            RunnerRequestId = string.Empty,
            RunServiceUrl = string.Empty,
            MessageSeen = launch.MessageSeen,
        };
        return nothing.With(launch);
    }

    /// <summary>The offer, to be acquired again.</summary>
    public RunnerJobRequest ToOffer() =>
        new() { RunnerRequestId = RunnerRequestId, RunServiceUrl = RunServiceUrl, BillingOwnerId = BillingOwnerId, JobMessage = JobMessage };

    /// <summary>The record with the job that was acquired.</summary>
    public JournalRecord With(JobLaunch launch) => this with
    {
        Payload = JsonSerializer.Serialize(PayloadBuilder.Build(launch, NoPaths, launch.MessageSeen), PayloadJson.Default.LaunchPayload),
        Labels = launch.Labels,
        Platform = launch.Platform,
        Most = launch.Most,
        JobId = launch.JobId.Value,
        Attempt = launch.Attempt,
        JobMessage = null, // the payload has it
        HasStarted = false,
    };

    /// <summary>The job as it is to be launched, or <c>null</c>: it was not acquired, or cannot be read.</summary>
    public JobLaunch? ToLaunch()
    {
        if (Payload is null || JsonSerializer.Deserialize(Payload, PayloadJson.Default.LaunchPayload) is not { } payload)
        {
            return null;
        }

        return new JobLaunch
        {
            Job = payload.Job,
            Runner = payload.Runner,
            Labels = Labels,
            Pool = Pool,
            Platform = Platform,
            Most = Most,
            MessageSeen = MessageSeen,
            Attempt = Attempt,
            Services = payload.Services,
            Hold = payload.Hold,
            Usage = payload.Usage,
        };
    }

    private static WorkPaths NoPaths { get; } = new() { Workspace = "-", Temp = "-", Actions = "-", Spool = "-", ToolCache = "-", Externals = "-", Outcome = "-" };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
