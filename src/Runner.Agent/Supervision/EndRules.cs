using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Supervision;

/// <summary>Why a job was told to stop before its end.</summary>
internal enum StopCause
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Somebody cancelled it at GitHub.</summary>
    Canceled,

    /// <summary>GitHub does not count it as ours any more.</summary>
    LockLost,
}

/// <summary>Decides what the end of a job's place means. Pure.</summary>
/// <remarks>A job is green only if its worker said so: a place without an outcome is a failure, or a cancel that was asked for.</remarks>
internal static class EndRules
{
    /// <summary>The verdict.</summary>
    /// <param name="end">How the place ended.</param>
    /// <param name="stop">Why it was told to, if it was.</param>
    /// <param name="attempt">How often the job was launched before.</param>
    /// <param name="replacements">How often it may be launched again.</param>
    /// <param name="hasOutputs">Whether other jobs may need outputs of this one, which only its worker can report.</param>
    public static JobVerdict Judge(JobEnd end, StopCause stop, int attempt, int replacements, bool hasOutputs) =>
        Decide(end, stop, attempt, replacements, hasOutputs) with { Unsent = end.Unsent };

    private static JobVerdict Decide(JobEnd end, StopCause stop, int attempt, int replacements, bool hasOutputs) => (end.Outcome, stop) switch
    {
        ({ IsReported: true } outcome, _) => new JobVerdict
        {
            Action = VerdictAction.None,
            Conclusion = outcome.Conclusion,
            Reason = stop == StopCause.Canceled ? VerdictReasons.Canceled
                : end.Failure == FailureReason.None ? VerdictReasons.None
                : VerdictReasons.Of(end.Failure),
            Message = outcome.Reason,
            WorkerStarted = true,
        },
        (_, StopCause.LockLost) => new JobVerdict
        {
            Action = VerdictAction.None,
            Conclusion = Conclusion.Abandoned,
            Reason = VerdictReasons.LockLost,
            WorkerStarted = end.WorkerStarted,
        },
        ({ Conclusion: Conclusion.Succeeded or Conclusion.SucceededWithIssues }, _) when hasOutputs => new JobVerdict
        {
            Action = VerdictAction.Complete,
            Conclusion = Conclusion.Failed,
            Reason = VerdictReasons.Unreported,
            Message = "The job succeeded, but its worker could not report its outputs to GitHub, and jobs that need them would go wrong",
            IsInfrastructure = true,
            WorkerStarted = true,
        },
        ({ } outcome, _) => new JobVerdict
        {
            Action = VerdictAction.Complete,
            Conclusion = outcome.Conclusion,
            Reason = end.Failure == FailureReason.None ? VerdictReasons.Unreported : VerdictReasons.Of(end.Failure),
            Message = outcome.Reason ?? "The job ran to its end, but its worker could not report that to GitHub: parts of its log may be missing",
            IsInfrastructure = true,
            WorkerStarted = true,
        },
        (null, StopCause.Canceled) => new JobVerdict
        {
            Action = VerdictAction.Complete,
            Conclusion = Conclusion.Canceled,
            Reason = VerdictReasons.Canceled,
            Message = end.WorkerStarted
                ? "The job was canceled and did not end within the time it was given, so it was stopped"
                : "The job was canceled before its first step",
            WorkerStarted = end.WorkerStarted,
        },
        _ when MayReplace(end) && attempt < replacements => new JobVerdict
        {
            Action = VerdictAction.Replace,
            Conclusion = Conclusion.Failed,
            Reason = VerdictReasons.Of(end.Failure),
            Message = end.Message,
            IsInfrastructure = true,
        },
        _ => new JobVerdict
        {
            Action = VerdictAction.Complete,
            Conclusion = Conclusion.Failed,
            Reason = VerdictReasons.Of(end.Failure),
            Message = Explain(end, attempt),
            IsInfrastructure = end.Failure is not (FailureReason.OutOfMemory or FailureReason.ImagePull or FailureReason.ServiceUnhealthy),
            WorkerStarted = end.WorkerStarted,
        },
    };

    // A place that was lost may be better elsewhere; one that can't be had (no image, no room, refused) is the same the next time.
    private static bool MayReplace(JobEnd end) => !end.WorkerStarted && end.Failure switch
    {
        FailureReason.Evicted or FailureReason.Preempted or FailureReason.Deleted or FailureReason.NodeLost or FailureReason.ContainerStart or FailureReason.WorkerDied => true,
        FailureReason.None or FailureReason.ImagePull or FailureReason.Unschedulable or FailureReason.Rejected or FailureReason.OutOfMemory
            or FailureReason.ServiceUnhealthy or FailureReason.TimedOut => false,
        _ => throw new InvalidOperationException($"failure {end.Failure} is unknown"),
    };

    private static string Explain(JobEnd end, int attempt)
    {
        var message = end.Message ?? Default(end.Failure);
        return attempt == 0 ? message : $"{message} (the job was started {attempt + 1} times)";
    }

    private static string Default(FailureReason failure) => failure switch
    {
        FailureReason.None => "The job's worker ended without saying how the job went",
        FailureReason.ImagePull => "An image of the job could not be pulled",
        FailureReason.Unschedulable => "No node took the job's pod in time",
        FailureReason.Rejected => "The job's pod was refused",
        FailureReason.ContainerStart => "A container of the job could not be started",
        FailureReason.ServiceUnhealthy => "A service of the job did not become healthy",
        FailureReason.OutOfMemory => "The job used more memory than it may and was killed",
        FailureReason.Evicted => "The node evicted the job's pod",
        FailureReason.Preempted => "The job's pod had to make room for one of higher priority",
        FailureReason.TimedOut => "The job's pod ran longer than it may",
        FailureReason.Deleted => "Somebody deleted the job's pod",
        FailureReason.NodeLost => "The node that ran the job is gone",
        FailureReason.WorkerDied => "The job's worker died",
        _ => throw new InvalidOperationException($"failure {failure} is unknown"),
    };
}
