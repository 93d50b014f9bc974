using System.Diagnostics;
using System.Globalization;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>What a process takes, as the kernel counts it.</summary>
internal sealed class ProcessFigures(Process process)
{
    private const double Kilobyte = 1024 / 1e6;

    /// <summary>Resident memory, MB.</summary>
    public double Megabytes => Status("VmRSS:");

    /// <summary>The most that was ever resident, MB.</summary>
    public double PeakMegabytes => Status("VmHWM:");

    /// <summary>Memory that is the process' own, MB: the rest of <see cref="Megabytes"/> are pages of its program's file, which the kernel shares and drops.</summary>
    public double OwnMegabytes => Line($"/proc/{process.Id}/smaps_rollup", "Private_Dirty:");

    /// <summary>Processor time of the process and of all children that have ended, in ticks of 10 ms.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            // After the name, which may hold blanks: utime, stime, cutime and cstime are the fields 14 to 17 (proc(5)).
            var fields = File.ReadAllText($"/proc/{process.Id}/stat").Split(')')[^1].Trim().Split(' ');
            return TimeSpan.FromMilliseconds(10 * fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)));
        }
    }

    private double Status(string name) => Line($"/proc/{process.Id}/status", name);

    private static double Line(string file, string name) => File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) * Kilobyte;
}
