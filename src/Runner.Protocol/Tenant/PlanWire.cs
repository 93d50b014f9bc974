using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Json;

namespace Runner.Protocol.Tenant;

/// <summary>A record of a timeline: a job or a step (<c>run-service.md</c> section 8.2). What is left out stays as the server has it.</summary>
public sealed record TimelineRecord
{
    /// <summary><see cref="Type"/> of a job.</summary>
    public const string Job = "Job";

    /// <summary><see cref="Type"/> of a step.</summary>
    public const string Task = "Task";

    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The job's record, of a step.</summary>
    public Guid? ParentId { get; init; }

    /// <summary><see cref="Job"/> or <see cref="Task"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Shown name.</summary>
    public string? Name { get; init; }

    /// <summary>Name in the workflow.</summary>
    public string? RefName { get; init; }

    /// <summary>When it started.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset? FinishTime { get; init; }

    /// <summary>100 at the end.</summary>
    public int? PercentComplete { get; init; }

    /// <summary>How far it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<StepStatus>))]
    public StepStatus? State { get; init; }

    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Result { get; init; }

    /// <summary>The runner, of a job.</summary>
    public string? WorkerName { get; init; }

    /// <summary>Place among the steps, from 1.</summary>
    public int? Order { get; init; }

    /// <summary>Its log, once there is some.</summary>
    public TaskLogReference? Log { get; init; }

    /// <summary>How many errors.</summary>
    public int? ErrorCount { get; init; }

    /// <summary>How many warnings.</summary>
    public int? WarningCount { get; init; }

    /// <summary>How many notices.</summary>
    public int? NoticeCount { get; init; }

    /// <summary>The remarks.</summary>
    public IReadOnlyList<RecordIssue>? Issues { get; init; }

    /// <summary>Outputs, of a job.</summary>
    public IReadOnlyDictionary<string, VariableValue>? Variables { get; init; }
}

/// <summary>Names a log.</summary>
/// <param name="Id">Its number.</param>
public sealed record TaskLogReference(int Id);

/// <summary>A remark of a record (<c>run-service.md</c> section 8.3).</summary>
public sealed record RecordIssue
{
    /// <summary><c>error</c>, <c>warning</c> or <c>notice</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What is said.</summary>
    public string? Message { get; init; }

    /// <summary>Whether the cause is not the workflow.</summary>
    public bool? IsInfrastructureIssue { get; init; }

    /// <summary>Where, and further things.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }
}

/// <summary>A log of a plan.</summary>
public sealed record TaskLog
{
    /// <summary>Its number, by the server.</summary>
    public int Id { get; init; }

    /// <summary><c>logs\{record}</c>.</summary>
    public string? Path { get; init; }
}

/// <summary>Live lines of a record (<c>run-service.md</c> section 6).</summary>
public sealed record FeedLines
{
    /// <summary>How many.</summary>
    public int Count { get; init; }

    /// <summary>The lines.</summary>
    public IReadOnlyList<string>? Value { get; init; }

    /// <summary>The step.</summary>
    public Guid StepId { get; init; }

    /// <summary>Number of the first line in the step's log, from 1.</summary>
    public long? StartLine { get; init; }
}

/// <summary>The event by which a job ends (<c>run-service.md</c> section 7).</summary>
public sealed record JobCompletedEvent
{
    /// <summary>What <see cref="Name"/> says.</summary>
    public const string JobCompleted = "JobCompleted";

    /// <summary>Which event.</summary>
    public string Name { get; init; } = JobCompleted;

    /// <summary>The job.</summary>
    public JobId JobId { get; init; }

    /// <summary>Its request.</summary>
    public long RequestId { get; init; }

    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion Result { get; init; }

    /// <summary>Job outputs by name.</summary>
    public IReadOnlyDictionary<string, VariableValue>? Outputs { get; init; }

    /// <summary>The deployment environment, or <c>null</c>.</summary>
    public CompletedEnvironment? ActionsEnvironment { get; init; }
}

/// <summary>A deployment environment at the end of its job.</summary>
public sealed record CompletedEnvironment
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its address, evaluated; a token, which is a bare text.</summary>
    public string? Url { get; init; }
}

/// <summary>Asks where actions are (<c>actions-download.md</c> section 2.2).</summary>
public sealed record ActionReferences
{
    /// <summary>The actions.</summary>
    public IReadOnlyList<ActionReference> Actions { get; init => field = value ?? []; } = [];
}

/// <summary>An action that is asked for.</summary>
public sealed record ActionReference
{
    /// <summary><c>owner/repo</c>.</summary>
    public string? NameWithOwner { get; init; }

    /// <summary>Branch, tag or commit.</summary>
    public string? Ref { get; init; }

    /// <summary>Folder in the repository, or <c>null</c>.</summary>
    public string? Path { get; init; }
}

/// <summary>Where actions are, by <c>owner/repo@ref</c>.</summary>
public sealed record TenantActionDownloads
{
    /// <summary>They.</summary>
    public IReadOnlyDictionary<string, TenantActionDownload>? Actions { get; init; }
}

/// <summary>Where an action is.</summary>
public sealed record TenantActionDownload
{
    /// <summary>As it was asked for.</summary>
    public string? NameWithOwner { get; init; }

    /// <summary>The repository as it is called now.</summary>
    public string? ResolvedNameWithOwner { get; init; }

    /// <summary>As it was asked for.</summary>
    public string? Ref { get; init; }

    /// <summary>The commit.</summary>
    public string? ResolvedSha { get; init; }

    /// <summary>Address of the archive.</summary>
    public string? TarballUrl { get; init; }

    /// <summary>The same as a zip.</summary>
    public string? ZipballUrl { get; init; }

    /// <summary>Opens the archive, or <c>null</c>: the job's own token does.</summary>
    public TenantActionToken? Authentication { get; init; }
}

/// <summary>A token for an archive.</summary>
public sealed record TenantActionToken
{
    /// <summary>The token.</summary>
    public string? Token { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
