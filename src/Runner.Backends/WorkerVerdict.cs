using System.Globalization;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Backends;

/// <summary>What the end of a worker's process means. Pure.</summary>
internal static class WorkerVerdict
{
    /// <summary>Judges a worker that has ended.</summary>
    /// <param name="outcome">What it left, or <c>null</c>.</param>
    /// <param name="exitCode">Its exit code; <c>null</c> of a process that was not started here.</param>
    /// <param name="logTail">Its own last lines.</param>
    /// <param name="graceThatPassed">How long it was given after a cancel before it was killed; <c>null</c>: it was not.</param>
    /// <param name="times">When the job passed the stages before.</param>
    public static JobEnd Judge(WorkerOutcome? outcome, int? exitCode, string logTail, TimeSpan? graceThatPassed, LaunchTimes times)
    {
        if (outcome is not null)
        {
            return new JobEnd { Outcome = outcome, Failure = outcome.IsRemoval ? FailureReason.Deleted : FailureReason.None, Times = times with { FirstStep = outcome.FirstStep } };
        }

        var message = graceThatPassed is { } grace
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The worker did not end within {grace.TotalSeconds:0.#} s after the job was cancelled and was killed")
            : $"The worker's process {ExitText.Of(exitCode)} before the job was concluded";
        return new JobEnd
        {
            Failure = FailureReason.WorkerDied,
            Message = logTail.Length == 0 ? message : $"{message}. The last it printed:\n{logTail}",
            Times = times,
        };
    }
}
