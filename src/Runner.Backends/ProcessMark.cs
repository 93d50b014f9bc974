using System.Diagnostics;

namespace Runner.Backends;

/// <summary>A process of this machine, told from a later one with the same number by its start.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Start">Seconds since 1970.</param>
public readonly record struct ProcessMark(int Pid, long Start)
{
    /// <summary>This process.</summary>
    public static ProcessMark Current { get; } = OfCurrent();

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            return TicksOf(process) == Start;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static ProcessMark OfCurrent()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessMark(process.Id, TicksOf(process));
    }

    // Whole seconds: the kernel counts in ticks since its start, and what .NET makes of them differs by some milliseconds between readers.
    private static long TicksOf(Process process) => new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds();
}
