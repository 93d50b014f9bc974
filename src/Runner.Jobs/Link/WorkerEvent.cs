using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs.Link;

/// <summary>
/// What a worker tells its launcher on standard output, in order (<c>docs/decisions/0002-worker-link.md</c>). All text in it is masked. In
/// agent mode, where GitHub is told of the job, only <see cref="RequestMadeEvent"/> comes.
/// </summary>
/// <remarks>How events stand on standard output: <see cref="EventLineWriter"/>.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(JobStartedEvent), "jobStarted")]
[JsonDerivedType(typeof(StepChangedEvent), "stepChanged")]
[JsonDerivedType(typeof(LineEvent), "line")]
[JsonDerivedType(typeof(StepLogEndedEvent), "stepLogEnded")]
[JsonDerivedType(typeof(SummaryEvent), "summary")]
[JsonDerivedType(typeof(RequestMadeEvent), "requestMade")]
[JsonDerivedType(typeof(JobEndedEvent), "jobEnded")]
public abstract record WorkerEvent
{
    private protected WorkerEvent()
    {
    }
}

/// <summary>The worker has read its payload and begins. Always the first event.</summary>
public sealed record JobStartedEvent : WorkerEvent
{
    /// <summary>Which job.</summary>
    public required JobId JobId { get; init; }

    /// <summary>Version of the worker.</summary>
    public required string WorkerVersion { get; init; }

    /// <summary>When its process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>A step was planned or changed.</summary>
public sealed record StepChangedEvent : WorkerEvent
{
    /// <summary>The step in its full present state.</summary>
    public required StepRecord Step { get; init; }
}

/// <summary>A line of a step's log, or of the job's alone.</summary>
public sealed record LineEvent : WorkerEvent
{
    /// <summary>The step, or <c>null</c>: the line belongs to the job alone.</summary>
    public StepId? Step { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The line without its end. What was no UTF-8 is U+FFFD; line feeds inside count as lines.</summary>
    public required string Text { get; init; }
}

/// <summary>No further line comes for a step.</summary>
public sealed record StepLogEndedEvent : WorkerEvent
{
    /// <summary>The step.</summary>
    public required StepId Step { get; init; }
}

/// <summary>What a step wrote to <c>GITHUB_STEP_SUMMARY</c>.</summary>
public sealed record SummaryEvent : WorkerEvent
{
    /// <summary>The step.</summary>
    public required StepId Step { get; init; }

    /// <summary>Markdown, within GitHub's limit of 1 MiB.</summary>
    public required string Markdown { get; init; }
}

/// <summary>
/// The worker waits for something that only its launcher can do. What, it says on a stream of its own, which the launcher now opens. The
/// event comes again while nobody has opened one; an id that is known already says nothing new.
/// </summary>
public sealed record RequestMadeEvent : WorkerEvent
{
    /// <summary>Which request, at most 64 characters. No secret: whoever may ask for it, a key says (<see cref="LinkKey"/>).</summary>
    public required string RequestId { get; init; }

    /// <summary>What kind it is, as in <see cref="WorkerRequest"/>: for people.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// Shows that the worker made it (<see cref="LinkKey.ProofOf"/>): a step may be able to print such lines too, as many as it likes.
    /// </summary>
    public string? Proof { get; init; }
}

/// <summary>The job is over. Always the last event; what the worker leaves as its outcome says the same in short.</summary>
public sealed record JobEndedEvent : WorkerEvent
{
    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public required Conclusion Conclusion { get; init; }

    /// <summary>Why it failed where no step says it, or <c>null</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Job outputs by name.</summary>
    public ImmutableDictionary<string, OutputValue> Outputs { get; init => field = value ?? NoOutputs; } = NoOutputs;

    /// <summary>Evaluated address of the deployment environment, or <c>null</c>.</summary>
    public string? EnvironmentUrl { get; init; }

    /// <summary>Annotations of the job itself; those of steps are with the steps.</summary>
    public ImmutableArray<Annotation> Annotations { get; init => field = value.IsDefault ? [] : value; } = [];

    private static ImmutableDictionary<string, OutputValue> NoOutputs => ImmutableDictionary<string, OutputValue>.Empty;
}
