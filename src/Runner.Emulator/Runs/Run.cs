using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Model;

namespace Runner.Emulator.Runs;

/// <summary>A run of a workflow, or of one job that was given as a message. Not thread-safe: <see cref="RunBoard"/> guards it.</summary>
internal sealed class Run(long id, string name, string? eventName, DateTimeOffset queuedAt)
{
    public long Id { get; } = id;

    /// <summary>Plan of the attempt that runs or ran last: all its jobs share it.</summary>
    public PlanId Plan { get; private set; } = new(Guid.NewGuid());

    public string Name { get; } = name;

    public string? Event { get; } = eventName;

    public DateTimeOffset QueuedAt { get; } = queuedAt;

    /// <summary>The one job of a run without a workflow.</summary>
    public JobId? RawJob { get; init; }

    /// <summary>What was asked for; <c>null</c>: it is a run of one job.</summary>
    public WorkflowRequest? Request { get; init; }

    /// <summary>The workflow as it was read; <c>null</c> likewise.</summary>
    public Workflow? Source { get; init; }

    /// <summary>The workflow's part of the last attempt, or <c>null</c>: it is a run of one job.</summary>
    public WorkflowRun? Workflow { get; private set; }

    /// <summary>Number of the attempt, from 1.</summary>
    public int Attempt { get; private set; } = 1;

    /// <summary>The jobs of earlier attempts, as they ended.</summary>
    public List<JobInfo> EarlierJobs { get; } = [];

    /// <summary>The jobs that were put on the board, of all attempts.</summary>
    public IEnumerable<JobId> OnBoard => RawJob is { } job ? [job] : [.. EarlierJobs.Select(earlier => earlier.Id), .. Workflow?.OnBoard ?? []];

    /// <summary>How and when it ended; <c>null</c> before.</summary>
    public RunEnd? Ended { get; set; }

    /// <summary>Begins the first attempt, or another one.</summary>
    public void Begin(WorkflowRun workflow, PlanId plan)
    {
        if (Workflow is not null)
        {
            Attempt++;
        }

        (Workflow, Plan, Ended) = (workflow, plan, null);
    }
}

/// <summary>The end of a run.</summary>
internal sealed record RunEnd(Conclusion Conclusion, DateTimeOffset At);
