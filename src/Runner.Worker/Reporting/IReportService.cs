using System.Collections.Immutable;
using Runner.Execution;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Worker.Reporting;

/// <summary>
/// The service that a job is reported to. Which of GitHub's protocols it speaks, only its two implementations know
/// (<see cref="Services.RunServiceReports"/>, <see cref="Services.PlanReports"/>).
/// </summary>
/// <remarks>
/// But for <see cref="CompleteAsync"/>, each call is made once: whoever calls has a loop. They throw <see cref="Protocol.Http.ProtocolException"/>
/// where the service refuses, and <see cref="Runner.Jobs.Errors.InfrastructureException"/> where it may be another thing next time.
/// </remarks>
internal interface IReportService
{
    /// <summary>Whether there is a place for steps, logs and summaries; else only the end of the job is told.</summary>
    bool TakesReports { get; }

    /// <summary>Prolongs the job's lock; gives until when it is ours.</summary>
    Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken);

    /// <summary>Tells the full present state of steps that changed.</summary>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="changeOrder">1 for the job's first call, then counting up, tries that failed too.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task UpdateStepsAsync(IReadOnlyList<StepRecord> steps, long changeOrder, CancellationToken cancellationToken);

    /// <summary>The place of a log.</summary>
    /// <param name="step">The step, or <c>null</c>: the job's own log.</param>
    /// <param name="spool">What it is made of.</param>
    ILogBlocks OpenLog(StepId? step, LogSpool spool);

    /// <summary>Puts a step's summary. False where the service takes none of that size.</summary>
    Task<bool> TryPutSummaryAsync(StepId step, ReadOnlyMemory<byte> markdown, CancellationToken cancellationToken);

    /// <summary>Ends the job; tries for long.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="linesOf">Lines of a step's log.</param>
    /// <param name="notes">What did not arrive, in words.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="Protocol.Http.ProtocolException"><see cref="Protocol.Http.ProtocolErrorKind.JobNotFound"/>: it is over already, or not ours.</exception>
    /// <exception cref="Runner.Jobs.Errors.InfrastructureException">The tries are used up.</exception>
    Task CompleteAsync(JobResult result, Func<StepId, long> linesOf, ImmutableArray<string> notes, CancellationToken cancellationToken);
}

/// <summary>One log at the service: takes what is spooled, block by block, each once however often it is asked.</summary>
internal interface ILogBlocks
{
    /// <summary>Bytes that are there for certain.</summary>
    long Position { get; }

    /// <summary>Whether the last block is there.</summary>
    bool IsClosed { get; }

    /// <summary>Gets ahead what a block needs, one try; a log that is ready already needs no call.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Sends the next block, one try.</summary>
    /// <param name="target">Length that the log is to reach; it is on disk.</param>
    /// <param name="isLast">Whether that is the whole log.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task SendBlockAsync(long target, bool isLast, CancellationToken cancellationToken);

    /// <summary>Says that the log is complete.</summary>
    Task FinishAsync(CancellationToken cancellationToken);
}
