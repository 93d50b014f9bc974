using System.Diagnostics;
using System.Globalization;

namespace Runner.Backends.Host;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot; 0 where the system does not tell (no <c>/proc</c>).</param>
internal readonly record struct ProcessId(int Pid, long StartTicks)
{
    /// <summary>Whether the process runs; a zombie does not.</summary>
    public bool IsAlive()
    {
        if (!OperatingSystem.IsLinux())
        {
            try
            {
                using var process = Process.GetProcessById(Pid);
                return !process.HasExited;
            }
            catch (ArgumentException)
            {
                return false; // what GetProcessById throws where no process has the number
            }
        }

        return ProcessStat.TryRead(Pid) is { } stat && stat.StartTicks == StartTicks && !stat.IsZombie;
    }

    /// <summary>The identity of a process that was just started.</summary>
    public static ProcessId Of(int pid) => new(pid, ProcessStat.TryRead(pid)?.StartTicks ?? 0);
}

/// <summary>A line of <c>/proc/PID/stat</c> (proc(5)), as far as it is of use here.</summary>
internal readonly record struct ProcessStat(int Pid, char State, int ParentPid, int Session, long StartTicks)
{
    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>Reads it, or <c>null</c> where the process is gone or there is no <c>/proc</c>.</summary>
    public static ProcessStat? TryRead(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            // The name in brackets may itself hold brackets and blanks, so the fields are counted from the last bracket.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessStat(
                pid, fields[0][0], Number(fields[1]), Number(fields[3]), long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
}
