using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Runner.Backends.Host;

/// <summary>Signals for a job's processes: the worker, what it started, and what those left behind.</summary>
/// <remarks>
/// A process belongs to the job if it descends from the worker, is in the worker's session, or carries the job's folder in its
/// environment (<c>GITHUB_WORKSPACE</c> lies in it): a step may have its own session, and its children outlive a worker that was killed.
/// </remarks>
internal static partial class JobProcesses
{
    private const int SigUsr2 = 12;
    private const int SigKill = 9;

    // A process may fork while the list is read; each round kills what it finds until a round finds nothing.
    private const int MaxRounds = 20;

    // A process that is in the middle of its exec has no environment for a moment.
    private const int ExecTries = 100;
    private const int KernelThreads = 2;

    /// <summary>Asks the worker to cancel its job. Gives whether it heard, or has ended.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="insists">
    /// Whether one that does not listen is signalled, too, which ends it before it could tell what became of its job: a worker listens in the
    /// first moments of its life.
    /// </param>
    public static bool TryCancel(ProcessId worker, bool insists)
    {
        if (!worker.IsAlive())
        {
            return true;
        }

        if (!insists && !Listens(worker.Pid))
        {
            return false;
        }

        _ = Kill(worker.Pid, SigUsr2); // ESRCH: it ended meanwhile
        return true;
    }

    /// <summary>Ends every process of the job at once.</summary>
    public static void KillAll(ProcessId worker, string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            KillTree(worker);
            return;
        }

        for (var round = 0; round < MaxRounds; round++)
        {
            var found = Find(worker, folder);
            if (found.Count == 0)
            {
                return;
            }

            foreach (var pid in found)
            {
                Kill(pid);
            }
        }
    }

    /// <summary>Numbers of the job's processes.</summary>
    public static IReadOnlyList<int> Find(ProcessId worker, string folder)
    {
        var all = All().Where(stat => !stat.IsZombie).ToList();
        var marker = Encoding.UTF8.GetBytes(folder);
        var members = all.Where(stat => Carries(stat, marker)).Select(stat => stat.Pid).ToHashSet();

        // Only while the worker lives do its number's session and children surely mean it.
        if (worker.IsAlive())
        {
            members.Add(worker.Pid);
            members.UnionWith(all.Where(stat => stat.Session == worker.Pid).Select(stat => stat.Pid));
        }

        while (all.Where(IsNewChild).Select(stat => stat.Pid).ToList() is { Count: > 0 } more)
        {
            members.UnionWith(more);
        }

        return [.. members];

        bool IsNewChild(ProcessStat stat) => members.Contains(stat.ParentPid) && !members.Contains(stat.Pid);
    }

    /// <summary>Kills one process at once.</summary>
    public static void Kill(int pid) => _ = Kill(pid, SigKill);

    /// <summary>Every process of the machine, zombies too.</summary>
    public static IEnumerable<ProcessStat> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where char.IsAsciiDigit(name[0])
        let stat = ProcessStat.TryRead(int.Parse(name, CultureInfo.InvariantCulture))
        where stat is not null
        select stat.Value;

    // The mask of signals that have a handler, in /proc/PID/status (proc(5)); true where there is no /proc.
    private static bool Listens(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
            return line is null || (ulong.Parse(line.AsSpan("SigCgt:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (SigUsr2 - 1) & 1) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true; // it has ended, or another user's process tells nothing
        }
    }

    private static bool Carries(ProcessStat stat, byte[] marker)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{stat.Pid}/environ");
            for (var tries = 1; environment.Length == 0 && tries < ExecTries && stat.Pid != KernelThreads && stat.ParentPid != KernelThreads; tries++)
            {
                Thread.Yield();
                environment = File.ReadAllBytes($"/proc/{stat.Pid}/environ");
            }

            return environment.AsSpan().IndexOf(marker) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // gone, or another user's
        }
    }

    private static void KillTree(ProcessId worker)
    {
        try
        {
            using var process = Process.GetProcessById(worker.Pid);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return; // it has ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
