using System.Globalization;

namespace Runner.Backends;

/// <summary>Exit codes in words.</summary>
public static class ExitText
{
    // What a signal ended has 128 plus the signal's number as its exit code: the shells' convention, which .NET and Kubernetes follow.
    private const int SignalBase = 128;
    private const int MaxSignal = 64;

    /// <summary>
    /// A predicate such as <c>ended with exit code 3</c> or <c>was killed by signal 9 (SIGKILL)</c>; <c>null</c>: the code is not known.
    /// </summary>
    public static string Of(int? exitCode) => exitCode switch
    {
        null => "ended",
        > SignalBase and <= SignalBase + MaxSignal => $"was killed by {Signal(exitCode.Value - SignalBase)}",
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
