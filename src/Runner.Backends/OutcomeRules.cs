using Runner.Jobs.Outcomes;

namespace Runner.Backends;

/// <summary>Decides whether what lies where a worker leaves its outcome counts. Pure.</summary>
public static class OutcomeRules
{
    // The worker's own: the job was concluded and reported, or concluded and not reported.
    private const int Reported = 0;
    private const int Unreported = 69;

    /// <summary>The worker's outcome; <c>null</c>: there is none that counts.</summary>
    /// <remarks>
    /// Steps can write where the worker does, so it must be the worker's own. And a worker that was killed, or ended in any other way than after
    /// its last line, did not succeed, unless GitHub was told so already.
    /// </remarks>
    /// <param name="text">What was left, or <c>null</c>.</param>
    /// <param name="checks">By which the launch's outcome is checked (<see cref="OutcomeProof"/>); <c>null</c>: none counts.</param>
    /// <param name="exitCode">How the worker's process ended; <c>null</c>: nobody here learned it.</param>
    public static WorkerOutcome? Accept(string? text, string? checks, int? exitCode) =>
        WorkerOutcome.TryParse(text, out var outcome) && outcome is not null && OutcomeProof.Holds(outcome, checks) && Agrees(outcome, exitCode)
            ? outcome
            : null;

    private static bool Agrees(WorkerOutcome outcome, int? exitCode) =>
        outcome.IsReported || outcome.Conclusion is not (Conclusion.Succeeded or Conclusion.SucceededWithIssues) || exitCode is null or Reported or Unreported;
}
