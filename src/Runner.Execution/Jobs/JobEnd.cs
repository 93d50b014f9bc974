using System.Collections.Immutable;
using Runner.Execution.Hosting;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Jobs;

/// <summary>How a job ends: why, where something outside of it ended it, the conclusions of the runner's own steps, and the result.</summary>
internal sealed class JobEnd(JobProgress progress, JobCancellation cancellation, TimeProvider time)
{
    // The launcher sees that a pod is taken away about when the kubelet tells the worker to end, and is a call away.
    private static readonly TimeSpan ExplanationLimit = TimeSpan.FromSeconds(3);

    /// <summary>Writes why the job ended before its steps did to a log; <c>null</c>: nothing outside of it ended it, or its user did.</summary>
    public async Task<string?> WriteReasonAsync(StepLog log)
    {
        // Somebody's cancel may come meanwhile, and counts more.
        if (cancellation.IsRemoval)
        {
            await Task.WhenAny(cancellation.Explanation, Task.Delay(ExplanationLimit, time, CancellationToken.None));
        }

        var reason = Reason();
        if (reason is not null)
        {
            log.Write($"##[error]{reason}"); // the result has it as the job's annotation
        }

        return reason;
    }

    /// <summary>Ends a step of the runner's; a cancellation that came counts for the job before the step does.</summary>
    public void Conclude(StepReport report, bool isGood)
    {
        if (cancellation.Reason is { } reason)
        {
            progress.Stop(reason);
        }

        var conclusion = isGood ? Conclusion.Succeeded : Conclusion.Failed;
        report.Complete(conclusion);
        progress.TakeIn(conclusion);
    }

    /// <summary>The result of the job.</summary>
    /// <param name="reports">Its steps in the order in which they ran.</param>
    /// <param name="reason">What <see cref="WriteReasonAsync"/> gave.</param>
    public JobResult ResultOf(ImmutableArray<StepReport> reports, string? reason) => new()
    {
        Conclusion = cancellation.IsRemoval ? Conclusion.Failed : progress.Result,
        Steps = [.. reports.Select(step => step.Record)],
        Reason = reason,
        FirstStep = progress.FirstStep,
        LastStepEnded = progress.LastStepEnded,
    };

    private string? Reason() => cancellation.Reason switch
    {
        _ when cancellation.IsRemoval => cancellation.Explanation.IsCompletedSuccessfully
            ? cancellation.Explanation.Result
            : "The job's container or process was told to end (SIGTERM) while the job ran, and nobody said why",
        CancelReason.Shutdown => "The runner was shut down while the job ran",
        CancelReason.LockLost => "The job's lock was lost while it ran: GitHub may have given it to another runner",
        _ => null,
    };
}
