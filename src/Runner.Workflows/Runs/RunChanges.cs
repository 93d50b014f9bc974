using System.Collections.Immutable;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;

namespace Runner.Workflows.Runs;

/// <summary>What follows from one event of a run.</summary>
/// <param name="Ready">Jobs to queue now.</param>
/// <param name="Concluded">Jobs that ended without having been queued: skipped, cancelled, or not valid.</param>
/// <param name="ToCancel">Queued or running jobs to cancel; their results are still to come.</param>
public sealed record RunChanges(
    ImmutableArray<PlannedJob> Ready, ImmutableArray<ConcludedJob> Concluded, ImmutableArray<JobToCancel> ToCancel)
{
    /// <summary>Jobs that began to wait for their concurrency group.</summary>
    public ImmutableArray<WaitingJob> Waiting { get; init; } = [];
}

/// <summary>A queued or running job that is to be cancelled.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Reason">Why, for whoever looks at the run.</param>
public sealed record JobToCancel(PlannedJobId Id, string Reason);

/// <summary>A job, or the run itself, that waits for others of its concurrency group.</summary>
/// <param name="Id">Which job; <c>null</c>: the run.</param>
/// <param name="DisplayName">Shown name of the job or the run.</param>
/// <param name="Group">The group.</param>
public sealed record WaitingJob(PlannedJobId? Id, string DisplayName, string Group);

/// <summary>A job that ended without having been queued.</summary>
/// <param name="Id">Which one.</param>
/// <param name="DisplayName">Shown name.</param>
/// <param name="Conclusion">Skipped, Canceled or Failed.</param>
/// <param name="Reason">Why, for whoever looks at the run; <c>null</c> for a skipped one.</param>
public sealed record ConcludedJob(PlannedJobId Id, string DisplayName, Conclusion Conclusion, string? Reason)
{
    /// <summary>Of a preview: the keys that hang on outputs, so that nobody can say what becomes of the job, which is taken for one that succeeds. Else empty.</summary>
    public ImmutableArray<string> Unknown { get; init; } = [];
}

/// <summary>How far a job of a run is.</summary>
public enum RunJobStatus
{
    /// <summary>Jobs that it needs have not ended.</summary>
    Waiting,

    /// <summary>It could run, but as many legs of its matrix as may run at a time do, or its concurrency group is taken.</summary>
    Held,

    /// <summary>It was given out to be queued.</summary>
    Started,

    /// <summary>It has ended.</summary>
    Ended,
}

/// <summary>A job of a run at a moment.</summary>
/// <param name="Id">Which one.</param>
/// <param name="DisplayName">Shown name; before a job's turn comes, its key or literal name.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Conclusion">How it ended, or <c>null</c>.</param>
public sealed record RunJobView(PlannedJobId Id, string DisplayName, RunJobStatus Status, Conclusion? Conclusion);
