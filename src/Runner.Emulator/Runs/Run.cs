using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Runs;

/// <summary>A run of a workflow, or of one job that was given as a message. Not thread-safe: <see cref="RunBoard"/> guards it.</summary>
internal sealed class Run(long id, string name, string? eventName, DateTimeOffset queuedAt)
{
    public long Id { get; } = id;

    public PlanId Plan { get; } = new(Guid.NewGuid());

    public string Name { get; } = name;

    public string? Event { get; } = eventName;

    public DateTimeOffset QueuedAt { get; } = queuedAt;

    /// <summary>The one job of a run without a workflow.</summary>
    public JobId? RawJob { get; init; }

    /// <summary>The workflow's part, or <c>null</c>: it is a run of one job.</summary>
    public WorkflowRun? Workflow { get; init; }

    /// <summary>The jobs that were put on the board.</summary>
    public IEnumerable<JobId> OnBoard => RawJob is { } job ? [job] : Workflow?.OnBoard ?? [];

    /// <summary>How and when it ended; <c>null</c> before.</summary>
    public RunEnd? Ended { get; set; }
}

/// <summary>The end of a run.</summary>
internal sealed record RunEnd(Conclusion Conclusion, DateTimeOffset At);
