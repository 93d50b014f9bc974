using Microsoft.Extensions.Logging;

namespace Runner.Worker.Logging;

/// <summary>Every event the worker logs: ids 5000 to 5999. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "Worker {Version} runs job {JobId}, pid {ProcessId}")]
    public static partial void JobStarted(this ILogger logger, string version, string jobId, int processId);

    [LoggerMessage(5002, LogLevel.Information, "Job {JobId} ended: {Conclusion}, reported: {IsReported}")]
    public static partial void JobEnded(this ILogger logger, string jobId, string conclusion, bool isReported);

    [LoggerMessage(5003, LogLevel.Information, "Signal {Signal}: the job is cancelled")]
    public static partial void SignalReceived(this ILogger logger, string signal);

    [LoggerMessage(5004, LogLevel.Warning, "Lock not renewed, {Failures} time(s) in a row, held until {LockedUntil:O}, next try in {DelaySeconds:F1} s")]
    public static partial void RenewalFailed(this ILogger logger, Exception exception, int failures, DateTimeOffset lockedUntil, double delaySeconds);

    [LoggerMessage(5005, LogLevel.Error, "The job's lock is lost: {Loss}")]
    public static partial void LockLost(this ILogger logger, string loss);

    [LoggerMessage(5006, LogLevel.Error, "Log of {LogName} not complete at GitHub: {SentBytes} of {Bytes} bytes sent")]
    public static partial void LogIncomplete(this ILogger logger, Exception? exception, string logName, long sentBytes, long bytes);

    [LoggerMessage(5007, LogLevel.Warning, "Log of {LogName} is sent again from its start: {Reason}")]
    public static partial void LogRestarted(this ILogger logger, string logName, string reason);

    [LoggerMessage(5008, LogLevel.Error, "Step states not complete at GitHub")]
    public static partial void StepUpdatesIncomplete(this ILogger logger, Exception? exception);

    [LoggerMessage(5009, LogLevel.Error, "Summary of step {StepId} not at GitHub")]
    public static partial void SummaryIncomplete(this ILogger logger, Exception? exception, string stepId);

    [LoggerMessage(5010, LogLevel.Error, "The job could not be completed at GitHub")]
    public static partial void CompletionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5011, LogLevel.Warning, "GitHub no longer knows the job: nothing to complete")]
    public static partial void JobGone(this ILogger logger);

    [LoggerMessage(5012, LogLevel.Error, "Log lines cannot be spooled, they are lost until the disk takes them again")]
    public static partial void SpoolFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5013, LogLevel.Error, "The worker itself failed: this is a bug")]
    public static partial void WorkerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5014, LogLevel.Error, "{Problem}")]
    public static partial void JobRefused(this ILogger logger, string problem);

    [LoggerMessage(5015, LogLevel.Error, "The outcome could not be written to {Path}")]
    public static partial void OutcomeNotWritten(this ILogger logger, Exception exception, string path);

    [LoggerMessage(5016, LogLevel.Warning, "The job message names no results service: logs and step states are not sent")]
    public static partial void NoResultsService(this ILogger logger);

    [LoggerMessage(5038, LogLevel.Information, "Worker {Version} was given no job and ends")]
    public static partial void NoJobGiven(this ILogger logger, string version);

    [LoggerMessage(5037, LogLevel.Warning, "The collector of traces did not take those of the job's steps: {Detail}")]
    public static partial void TracesNotTaken(this ILogger logger, string detail);

    [LoggerMessage(5030, LogLevel.Error, "The launcher no longer reads what the worker tells: the job is stopped")]
    public static partial void LauncherGone(this ILogger logger, Exception exception);

    [LoggerMessage(5036, LogLevel.Error, "The launcher (process {Launcher}) has ended: the job is stopped")]
    public static partial void LauncherEnded(this ILogger logger, int launcher);

    [LoggerMessage(5031, LogLevel.Error, "The launcher did not take the last events of the job within {LimitSeconds:F0} s")]
    public static partial void EventsNotTaken(this ILogger logger, double limitSeconds);

    [LoggerMessage(5032, LogLevel.Debug, "A stream to the worker ended: {Reason}")]
    public static partial void StreamEnded(this ILogger logger, string reason);

    [LoggerMessage(5033, LogLevel.Warning, "The launcher did not say that it stopped request {RequestId}")]
    public static partial void RequestNotStopped(this ILogger logger, string requestId);

    [LoggerMessage(5034, LogLevel.Warning, "Nobody reads what the worker asks its launcher for: container actions will fail")]
    public static partial void RequestsUnread(this ILogger logger, Exception exception);

    [LoggerMessage(5035, LogLevel.Debug, "A connection by port {Port} to service {Service} ended: {Reason}")]
    public static partial void ForwardEnded(this ILogger logger, int port, string service, string reason);
}
