using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.ScaleSets;

/// <summary>Body of a session's creation (<c>scaleset.md</c> section 5).</summary>
public sealed record ScaleSetSessionRequest
{
    /// <summary>Who opens it, for people.</summary>
    public string? OwnerName { get; init; }
}

/// <summary>A message session.</summary>
public sealed record ScaleSetSession
{
    /// <summary>Names it in routes.</summary>
    public Guid SessionId { get; init; }

    /// <summary>Echoed.</summary>
    public string? OwnerName { get; init; }

    /// <summary>The set.</summary>
    public RunnerScaleSet? RunnerScaleSet { get; init; }

    /// <summary>Absolute; may hold a query of its own.</summary>
    public string? MessageQueueUrl { get; init; }

    /// <summary>Opens the queue, and acquires jobs.</summary>
    public string? MessageQueueAccessToken { get; init; }

    /// <summary>Jobs and runners now.</summary>
    public ScaleSetStatistics? Statistics { get; init; }
}

/// <summary>A message of the queue (section 6.1).</summary>
public sealed record ScaleSetMessage
{
    /// <summary>The only type there is.</summary>
    public const string JobMessages = "RunnerScaleSetJobMessages";

    /// <summary>The cursor of the next poll.</summary>
    public long MessageId { get; init; }

    /// <summary><see cref="JobMessages"/>.</summary>
    public string? MessageType { get; init; }

    /// <summary>Text of a JSON array of <see cref="ScaleSetJob"/>, or empty.</summary>
    public string? Body { get; init; }

    /// <summary>Jobs and runners now.</summary>
    public ScaleSetStatistics? Statistics { get; init; }
}

/// <summary>What a message says of a job (section 6.3).</summary>
public sealed record ScaleSetJob
{
    /// <summary>One of <see cref="ScaleSetJobTypes"/>, or something new.</summary>
    public string? MessageType { get; init; }

    /// <summary>Acquires the job; 0 where nothing has to be acquired.</summary>
    public long RunnerRequestId { get; init; }

    /// <summary>Repository without its owner.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>Owner of the repository.</summary>
    public string? OwnerName { get; init; }

    /// <summary>Which job; the same as in its job message.</summary>
    public string? JobId { get; init; }

    /// <summary>Its workflow.</summary>
    public string? JobWorkflowRef { get; init; }

    /// <summary>Its name.</summary>
    public string? JobDisplayName { get; init; }

    /// <summary>Its run.</summary>
    public long WorkflowRunId { get; init; }

    /// <summary>What started the run.</summary>
    public string? EventName { get; init; }

    /// <summary>What the job asks for.</summary>
    public IReadOnlyList<string> RequestLabels { get; init; } = [];

    /// <summary>When it was queued.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset QueueTime { get; init; }

    /// <summary>When it was assigned to the set.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset ScaleSetAssignTime { get; init; }

    /// <summary>When a runner got it.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset RunnerAssignTime { get; init; }

    /// <summary>When it ended.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset FinishTime { get; init; }

    /// <summary>Of one that is available.</summary>
    public string? AcquireJobUrl { get; init; }

    /// <summary>Who has or had it; 0: nobody.</summary>
    public long RunnerId { get; init; }

    /// <summary>Who has or had it.</summary>
    public string? RunnerName { get; init; }

    /// <summary>How it ended: <c>succeeded</c>, <c>failed</c>, <c>canceled</c>.</summary>
    public string? Result { get; init; }
}

/// <summary>What is said of jobs.</summary>
public static class ScaleSetJobTypes
{
    /// <summary>It can be acquired.</summary>
    public const string Available = "JobAvailable";

    /// <summary>It is the set's.</summary>
    public const string Assigned = "JobAssigned";

    /// <summary>A runner has it.</summary>
    public const string Started = "JobStarted";

    /// <summary>It ended, or is the set's no more.</summary>
    public const string Completed = "JobCompleted";
}
