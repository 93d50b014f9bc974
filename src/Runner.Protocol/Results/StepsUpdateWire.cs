using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.Results;

/// <summary>States of steps that changed (<c>results-service.md</c> section 2).</summary>
public sealed record StepsUpdateRequest : ResultsRequest
{
    /// <summary>Each changed step in its full present state.</summary>
    public IReadOnlyList<StepUpdate> Steps { get; init => field = value ?? []; } = [];

    /// <summary>1 for the first request of the job, then counting up.</summary>
    public long ChangeOrder { get; init; }
}

/// <summary>State of a step.</summary>
public sealed record StepUpdate
{
    /// <summary>Id of the step's record.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Place among the steps shown, from 1.</summary>
    public int Number { get; init; }

    /// <summary>Shown name.</summary>
    public string? Name { get; init; }

    /// <summary>How far it is.</summary>
    public ResultsStatus Status { get; init; }

    /// <summary>When it started; written as <c>null</c> before.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; written as <c>null</c> before.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How it ended.</summary>
    public ResultsConclusion Conclusion { get; init; }

    /// <summary>Whether it runs in the background.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsBackground { get; init; }

    /// <summary><c>wait</c>, <c>wait-all</c> or <c>cancel</c>, or <c>null</c>.</summary>
    public string? BackgroundControlType { get; init; }

    /// <summary>Ids of the steps that it waits for or cancels, or <c>null</c>.</summary>
    public IReadOnlyList<string>? BackgroundControlStepIds { get; init; }

    /// <summary>The group of steps that run at the same time, or <c>null</c>.</summary>
    public string? ParallelGroupId { get; init; }
}

/// <summary>Numbers of the results service for how far a step is.</summary>
public enum ResultsStatus
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Running.</summary>
    InProgress = 3,

    /// <summary>Not begun.</summary>
    Pending = 5,

    /// <summary>Ended.</summary>
    Completed = 6,
}

/// <summary>Numbers of the results service for how a step ended.</summary>
public enum ResultsConclusion
{
    /// <summary>Not ended, or none of the others.</summary>
    Unknown = 0,

    /// <summary>Succeeded, also with issues.</summary>
    Success = 2,

    /// <summary>Failed.</summary>
    Failure = 3,

    /// <summary>Stopped.</summary>
    Cancelled = 4,

    /// <summary>Did not run.</summary>
    Skipped = 7,
}

/// <summary>Whether the results service took a call.</summary>
public sealed record ResultsResponse
{
    /// <summary><c>false</c> is a failure, with HTTP status 200.</summary>
    public bool Ok { get; init; }
}
