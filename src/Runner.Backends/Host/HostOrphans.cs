using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Runner.Backends.Host;

/// <summary>
/// What a job leaves behind whose worker was killed before it could clean up. A process may have put off its parent, its session and its
/// environment; then nothing shows whose it was, but that it came to whoever adopts orphans.
/// </summary>
/// <remarks>
/// The launcher adopts them: children of a dead worker become its own. So of its children those are orphans that are neither workers nor in
/// its own session, as all else is that it starts. Children belong to the process, and so does this state.
/// </remarks>
internal static partial class HostOrphans
{
    private const int SetChildSubreaper = 36;
    private const int NoHang = 1;
    private const int MaxRounds = 20;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Workers = [];
    private static bool _areAdopted;

    /// <summary>From now on orphans of this process's descendants come to it instead of to init.</summary>
    public static void Adopt()
    {
        if (OperatingSystem.IsLinux())
        {
            lock (Gate)
            {
                _areAdopted |= ProcessControl(SetChildSubreaper, 1, 0, 0, 0) == 0;
            }
        }
    }

    /// <summary>Starts a worker, which from its first moment on is no orphan; <c>null</c>: none was started.</summary>
    public static Process? StartWorker(ProcessStartInfo start)
    {
        lock (Gate)
        {
            var process = Process.Start(start);
            if (process is not null)
            {
                Workers.Add(process.Id);
            }

            return process;
        }
    }

    /// <summary>A worker has ended, and its exit code was taken.</summary>
    public static void Forget(int worker)
    {
        lock (Gate)
        {
            Workers.Remove(worker);
        }
    }

    /// <summary>Kills all orphans with what they started. Does nothing where they are not adopted.</summary>
    public static void KillAll()
    {
        lock (Gate)
        {
            if (!_areAdopted || ProcessStat.TryRead(Environment.ProcessId) is not { } self)
            {
                return;
            }

            for (var round = 0; round < MaxRounds && KillOnce(self); round++)
            {
                // One more may have been made while the list was read.
            }
        }
    }

    // Whether there was one that ran.
    private static bool KillOnce(ProcessStat self)
    {
        var all = JobProcesses.All().ToList();
        var orphans = all.Where(stat => stat.ParentPid == self.Pid && stat.Session != self.Session && !Workers.Contains(stat.Pid)).ToList();
        var family = orphans.Select(stat => stat.Pid).ToHashSet();
        while (all.Where(stat => family.Contains(stat.ParentPid) && !family.Contains(stat.Pid)).Select(stat => stat.Pid).ToList() is { Count: > 0 } more)
        {
            family.UnionWith(more);
        }

        foreach (var pid in family)
        {
            JobProcesses.Kill(pid);
        }

        foreach (var orphan in orphans)
        {
            _ = WaitProcess(orphan.Pid, 0, NoHang); // nobody else waits for it
        }

        return orphans.Any(stat => !stat.IsZombie);
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitProcess(int process, nint status, int options);
}
