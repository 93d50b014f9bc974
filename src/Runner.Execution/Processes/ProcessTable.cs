using System.Globalization;

namespace Runner.Execution.Processes;

/// <summary>A running process as <c>/proc</c> shows it.</summary>
/// <param name="Start">When it started, in the kernel's ticks. With the id it tells a process from a later one of the same id.</param>
internal readonly record struct ProcessEntry(int Id, int Parent, int Group, string Name, ulong Start);

/// <summary>Reads <c>/proc</c>.</summary>
internal static class ProcessTable
{
    private const int MemoryField = 23 - 3;
    private const int EnvironmentEndField = 51 - 3;
    private static readonly TimeSpan _execLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>All processes that can be seen. Those that end meanwhile are left out.</summary>
    public static List<ProcessEntry> Read()
    {
        var entries = new List<ProcessEntry>();
        if (!Directory.Exists("/proc"))
        {
            return entries; // a bare chroot: nothing can be seen
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && TryRead(id, out var entry))
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>The environment a process was started with, entries separated by NUL; empty where it may not be read.</summary>
    /// <remarks>
    /// A process caught in the middle of its <c>exec</c> has none to show for a moment. It is read again until it has, for
    /// 100 ms at most: taken for one without, it would escape the clean-up at the job's end.
    /// </remarks>
    public static byte[] EnvironmentOf(int process)
    {
        byte[]? environment = null;
        SpinWait.SpinUntil(() => (environment = TryReadFile($"/proc/{process}/environ")) is not { Length: 0 } || !IsInExec(process), _execLimit);
        return environment ?? [];
    }

    /// <summary>Whether a process has children, zombies too; also true where the kernel does not tell. Cheap beside <see cref="Read"/>.</summary>
    public static bool MayHaveChildren(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task").Any(thread => TryReadFile(thread + "/children") is not { Length: 0 });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Whether a process has memory but not yet an environment in it (<c>vsize</c> and <c>env_end</c> of proc_pid_stat(5)).</summary>
    private static bool IsInExec(int process) =>
        TryReadFields(process) is { Tail: { Length: > EnvironmentEndField } tail } && tail[MemoryField] != "0" && tail[EnvironmentEndField] == "0";

    private static bool TryRead(int id, out ProcessEntry entry)
    {
        entry = default;
        if (TryReadFields(id) is not { } read || read.Tail.Length < 20 || read.Tail[0] is "Z" or "X")
        {
            return false;
        }

        entry = new ProcessEntry(
            id,
            int.Parse(read.Tail[1], CultureInfo.InvariantCulture),
            int.Parse(read.Tail[2], CultureInfo.InvariantCulture),
            read.Name,
            ulong.Parse(read.Tail[19], CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>The name, and the fields after it, so that field n of proc_pid_stat(5) is number n - 3.</summary>
    private static (string Name, string[] Tail)? TryReadFields(int id)
    {
        if (TryReadFile($"/proc/{id}/stat") is not { } bytes)
        {
            return null;
        }

        // "pid (name) state ppid pgrp …": the name may hold blanks and brackets, so its end is the last bracket.
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = text.LastIndexOf(')');
        return open < 0 || close < open
            ? null
            : (text[(open + 1)..close], text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static byte[]? TryReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process ended, or is somebody else's.
            return null;
        }
    }
}
