using System.Globalization;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Backends.Host;

/// <summary>What the end of a worker's process means. Pure.</summary>
internal static class HostVerdict
{
    // A process that a signal ended has 128 plus the signal's number as its exit code, by the shells' convention that .NET follows.
    private const int SignalBase = 128;

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
            return new JobEnd { Outcome = outcome, Times = times with { FirstStep = outcome.FirstStep } };
        }

        var message = graceThatPassed is { } grace
            ? string.Create(CultureInfo.InvariantCulture, $"The worker did not end within {grace.TotalSeconds:0.#} s after the job was cancelled and was killed")
            : $"The worker's process {Ending(exitCode)} before the job was concluded";
        return new JobEnd
        {
            Failure = FailureReason.WorkerDied,
            Message = logTail.Length == 0 ? message : $"{message}. The last it printed:\n{logTail}",
            Times = times,
        };
    }

    private static string Ending(int? exitCode) => exitCode switch
    {
        null => "ended",
        > SignalBase and < SignalBase + 65 => string.Create(CultureInfo.InvariantCulture, $"was killed by {Signal(exitCode.Value - SignalBase)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}"),
    };

    private static string Signal(int number) => number switch
    {
        6 => "signal 6 (SIGABRT)",
        9 => "signal 9 (SIGKILL: somebody, or the kernel for lack of memory)",
        11 => "signal 11 (SIGSEGV)",
        15 => "signal 15 (SIGTERM)",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {number}"),
    };
}
