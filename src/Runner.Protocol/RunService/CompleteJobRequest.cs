using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Json;

namespace Runner.Protocol.RunService;

/// <summary>Body of <c>completejob</c> (<c>run-service.md</c> section 4).</summary>
public sealed record CompleteJobRequest
{
    /// <summary>Plan of the job.</summary>
    public PlanId PlanId { get; init; }

    /// <summary>The job.</summary>
    public JobId JobId { get; init; }

    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion Conclusion { get; init; }

    /// <summary>Job outputs by name, or <c>null</c>.</summary>
    public IReadOnlyDictionary<string, JobOutput>? Outputs { get; init; }

    /// <summary>The steps, in order, or <c>null</c>.</summary>
    public IReadOnlyList<StepResult>? StepResults { get; init; }

    /// <summary>Annotations of the job itself, or <c>null</c>.</summary>
    public IReadOnlyList<JobAnnotation>? Annotations { get; init; }

    /// <summary>Address of the deployment environment, or <c>null</c>.</summary>
    public string? EnvironmentUrl { get; init; }

    /// <summary>As it came with the job message.</summary>
    public string? BillingOwnerId { get; init; }

    /// <summary>Kind of a failure that is not the workflow's (<c>resolve_action</c>, …), or <c>null</c>.</summary>
    public string? InfrastructureFailureCategory { get; init; }
}

/// <summary>A job output.</summary>
public sealed record JobOutput
{
    /// <summary>The text.</summary>
    public string Value { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Whether it must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The value, or <c>***</c>.</summary>
    public override string ToString() => IsSecret ? "***" : Value;
}

/// <summary>A step at the end of its job (section 4.1).</summary>
public sealed record StepResult
{
    /// <summary>Id of the step's record.</summary>
    [JsonPropertyName("external_id")]
    public StepId ExternalId { get; init; }

    /// <summary>Place among the steps shown.</summary>
    public int? Number { get; init; }

    /// <summary>Shown name.</summary>
    public string? Name { get; init; }

    /// <summary><c>owner/repo</c> or image; <c>null</c> for scripts.</summary>
    [JsonPropertyName("action_name")]
    public string? ActionName { get; init; }

    /// <summary>Ref of the action.</summary>
    public string? Ref { get; init; }

    /// <summary>Kind of the step.</summary>
    public string? Type { get; init; }

    /// <summary>How far it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<StepStatus>))]
    public StepStatus Status { get; init; }

    /// <summary>How it ended; <see cref="Runner.Jobs.Outcomes.Conclusion.Succeeded"/> where nothing else was set.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion Conclusion { get; init; }

    /// <summary>When it started.</summary>
    [JsonPropertyName("started_at")]
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [JsonPropertyName("completed_at")]
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Lines of its log.</summary>
    [JsonPropertyName("completed_log_lines")]
    public long? CompletedLogLines { get; init; }

    /// <summary>Its annotations, or <c>null</c>.</summary>
    public IReadOnlyList<JobAnnotation>? Annotations { get; init; }

    /// <summary>Whether it ran in the background.</summary>
    [JsonPropertyName("is_background")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsBackground { get; init; }

    /// <summary><c>wait</c>, <c>wait-all</c> or <c>cancel</c>, or <c>null</c>.</summary>
    [JsonPropertyName("background_control_type")]
    public string? BackgroundControlType { get; init; }

    /// <summary>Ids of the steps that it waited for or cancelled, or <c>null</c>.</summary>
    [JsonPropertyName("background_control_step_ids")]
    public IReadOnlyList<string>? BackgroundControlStepIds { get; init; }
}

/// <summary>An annotation (section 4.2); lines and columns of 0 are left out.</summary>
public sealed record JobAnnotation
{
    /// <summary>How bad it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<AnnotationLevel>))]
    public AnnotationLevel Level { get; init; }

    /// <summary>What is said.</summary>
    public string? Message { get; init; }

    /// <summary>Heading.</summary>
    public string? Title { get; init; }

    /// <summary>File.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the cause is not the workflow.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsInfrastructureIssue { get; init; }

    /// <summary>First line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartLine { get; init; }

    /// <summary>Last line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long EndLine { get; init; }

    /// <summary>First column.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartColumn { get; init; }

    /// <summary>Last column.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long EndColumn { get; init; }

    /// <summary>Number of the step it came from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StepNumber { get; init; }
}
