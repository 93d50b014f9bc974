using System.Text.Json.Serialization;

namespace Runner.Jobs.Outcomes;

/// <summary>
/// How a step or job ended. The order is GitHub's (<c>TaskResult</c>, <c>run-service.md</c> section 8.1): of two, the worse is the
/// later one, and the worker of GitHub's own runner exits with 100 plus the number.
/// </summary>
public enum Conclusion
{
    /// <summary>It did what it should.</summary>
    Succeeded = 0,

    /// <summary>It did, with errors that were allowed.</summary>
    SucceededWithIssues = 1,

    /// <summary>It did not.</summary>
    Failed = 2,

    /// <summary>It was stopped.</summary>
    Canceled = 3,

    /// <summary>It did not run.</summary>
    Skipped = 4,

    /// <summary>Nobody waits for it any more.</summary>
    Abandoned = 5,
}

/// <summary>How far a step or job is.</summary>
public enum StepStatus
{
    /// <summary>Not begun.</summary>
    Pending = 0,

    /// <summary>Running.</summary>
    InProgress = 1,

    /// <summary>Ended.</summary>
    Completed = 2,
}

/// <summary>How bad an annotation is.</summary>
public enum AnnotationLevel
{
    /// <summary>For information.</summary>
    Notice = 1,

    /// <summary>To be looked at.</summary>
    Warning = 2,

    /// <summary>An error.</summary>
    Failure = 3,
}

/// <summary>A remark that GitHub shows beside the code or the run (<c>run-service.md</c> section 4.2). Lines and columns count from 1; 0 means none.</summary>
public sealed record Annotation
{
    /// <summary>How bad it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<AnnotationLevel>))]
    public required AnnotationLevel Level { get; init; }

    /// <summary>What is said, at most 4096 characters, masked.</summary>
    public required string Message { get; init; }

    /// <summary>Heading, or <c>null</c>.</summary>
    public string? Title { get; init; }

    /// <summary>File, relative to the repository, or <c>null</c>.</summary>
    public string? Path { get; init; }

    /// <summary>First line.</summary>
    public long StartLine { get; init; }

    /// <summary>Last line.</summary>
    public long EndLine { get; init; }

    /// <summary>First column.</summary>
    public long StartColumn { get; init; }

    /// <summary>Last column.</summary>
    public long EndColumn { get; init; }

    /// <summary>Number of the step it came from.</summary>
    public long StepNumber { get; init; }

    /// <summary>Whether the cause is not the workflow.</summary>
    public bool IsInfrastructureIssue { get; init; }
}

/// <summary>A job output.</summary>
public sealed record OutputValue(string Value, bool IsSecret = false);
