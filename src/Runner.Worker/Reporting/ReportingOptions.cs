using Runner.Jobs.Outcomes;
using Runner.Protocol.Http;

namespace Runner.Worker.Reporting;

/// <summary>When and how much the reporter sends. The defaults are those of a job at GitHub.</summary>
internal sealed record ReportingOptions
{
    /// <summary>A running log is sent as soon as this much of it waits. Default 2 MiB, as GitHub's runner does.</summary>
    public int BlockBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Largest block: Azure takes no more than 4 MiB in one append. A log up to this size goes in one request if it ends before any of it was sent.</summary>
    public int MaxBlockBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// A running log is sent after this time even if it is small, doubled each time up to <see cref="MaxPartialDelay"/>: of a pod that is
    /// killed, its log up to then is at GitHub. Default 3 s.
    /// </summary>
    public TimeSpan FirstPartialDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>See <see cref="FirstPartialDelay"/>. Default 30 s: 50,000 blocks, which is what an append blob holds, last 17 days.</summary>
    public TimeSpan MaxPartialDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Least time between two requests with step states while the job runs; states are gathered for half of it, so that those of one moment go together.
    /// Default 500 ms, the period of GitHub's runner (<c>results-service.md</c> section 6).
    /// </summary>
    public TimeSpan StepUpdateInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Requests with log blocks that are under way at a time. Default 4.</summary>
    public int MaxUploads { get; init; } = 4;

    /// <summary>Refusals (4xx) in a row after which a log is given up. Default 5.</summary>
    public int MaxRefusals { get; init; } = 5;

    /// <summary>Most bytes that the end of a log may take in place of the outcome, and beside it, for the case that the worker is killed.</summary>
    public int MaxUnsentBytes { get; init; } = WorkerOutcome.MaxBytes;

    /// <summary>Pauses between tries; the number of tries is not limited, the time is (<see cref="ReportingDeadline"/>).</summary>
    public RetryOptions Retry { get; init; } = new()
    {
        MaxRetries = int.MaxValue,
        FirstDelay = TimeSpan.FromMilliseconds(500),
        MaxDelay = TimeSpan.FromSeconds(5),
    };

    /// <summary>Reporting goes on at least this long after the job's end, if it has to. Default 10 min.</summary>
    public TimeSpan MinAfterEnd { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>While the job's lock can be renewed, reporting goes on up to this long after the job's end. Default 1 h.</summary>
    public TimeSpan MaxAfterEnd { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Limit after the job's end where the lock is lost, so that GitHub waits for nothing. Default 30 s.</summary>
    public TimeSpan AfterLockLost { get; init; } = TimeSpan.FromSeconds(30);
}
