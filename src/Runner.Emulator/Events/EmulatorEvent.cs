using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Events;

/// <summary>What kind of thing happened in the emulator.</summary>
[JsonConverter(typeof(TolerantEnumConverter<EmulatorEventType>))]
public enum EmulatorEventType
{
    /// <summary>Not known to this version.</summary>
    Unknown = 0,

    /// <summary>A run was queued.</summary>
    RunQueued,

    /// <summary>All jobs of a run have ended.</summary>
    RunCompleted,

    /// <summary>A job waits for a runner.</summary>
    JobQueued,

    /// <summary>A runner acquired a job.</summary>
    JobStarted,

    /// <summary>A job ended.</summary>
    JobCompleted,

    /// <summary>A step's status changed.</summary>
    StepChanged,

    /// <summary>Lines of a step came over the live feed.</summary>
    LogLines,

    /// <summary>The whole log of a job has arrived.</summary>
    LogCompleted,

    /// <summary>A log of a job or of a step was said to be complete, and nothing of it has come.</summary>
    LogMissing,

    /// <summary>A runner was registered.</summary>
    RunnerAdded,

    /// <summary>A runner was removed.</summary>
    RunnerRemoved,

    /// <summary>The reader was too slow and events were dropped.</summary>
    Gap,
}

/// <summary>Something that happened. Which members are set depends on the type.</summary>
public sealed record EmulatorEvent
{
    /// <summary>Counts up from 1, without holes.</summary>
    public long Number { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required EmulatorEventType Type { get; init; }

    /// <summary>The run, or <c>null</c>.</summary>
    public long? RunId { get; init; }

    /// <summary>The job, or <c>null</c>.</summary>
    public JobId? JobId { get; init; }

    /// <summary>Shown name of the run or job.</summary>
    public string? Name { get; init; }

    /// <summary>The runner concerned.</summary>
    public string? Runner { get; init; }

    /// <summary>The step concerned.</summary>
    public StepInfo? Step { get; init; }

    /// <summary>How a run or job ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Conclusion { get; init; }

    /// <summary>Why it ended so, where no step says it.</summary>
    public string? Reason { get; init; }

    /// <summary>Labels that a queued job asks for.</summary>
    public ImmutableArray<string>? Labels { get; init; }

    /// <summary>How long a job ran, in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Log lines, without time stamps.</summary>
    public ImmutableArray<string>? Lines { get; init; }

    internal int Weight => 200 + (Lines is { } lines ? lines.Sum(line => 2 * line.Length) : 0);
}
