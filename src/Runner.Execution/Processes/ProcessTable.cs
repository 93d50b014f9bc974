using System.Globalization;

namespace Runner.Execution.Processes;

/// <summary>A running process as <c>/proc</c> shows it.</summary>
/// <param name="Start">When it started, in the kernel's ticks. With the id it tells a process from a later one of the same id.</param>
internal readonly record struct ProcessEntry(int Id, int Parent, int Group, string Name, ulong Start);

/// <summary>Reads <c>/proc</c>.</summary>
internal static class ProcessTable
{
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
    public static byte[] EnvironmentOf(int process) => TryReadFile($"/proc/{process}/environ") ?? [];

    private static bool TryRead(int id, out ProcessEntry entry)
    {
        entry = default;
        if (TryReadFile($"/proc/{id}/stat") is not { } bytes)
        {
            return false;
        }

        // "pid (name) state ppid pgrp …": the name may hold blanks and brackets, so its end is the last bracket.
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = text.LastIndexOf(')');
        if (open < 0 || close < open)
        {
            return false;
        }

        var fields = text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || fields[0] is "Z" or "X")
        {
            return false;
        }

        entry = new ProcessEntry(
            id,
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            int.Parse(fields[2], CultureInfo.InvariantCulture),
            text[(open + 1)..close],
            ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        return true;
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
