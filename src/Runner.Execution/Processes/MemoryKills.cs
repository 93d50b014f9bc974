using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Runner.Execution.Processes;

/// <summary>
/// Counts the processes that the kernel killed for want of memory in the worker's control group, which is that of its steps too: what such a step itself shows is
/// an exit code like any other.
/// </summary>
internal sealed class MemoryKills : IDisposable
{
    private const int MaxBytes = 4096;
    private const string Field = "oom_kill ";

    // Version 1 says "no limit" by a number of pages that no machine has.
    private const long NoLimit = 1L << 60;

    private static readonly MemoryKills None = new(events: null, []);

    private readonly SafeFileHandle? _events;
    private readonly IReadOnlyList<string> _limits;

    private MemoryKills(SafeFileHandle? events, IReadOnlyList<string> limits)
    {
        _events = events;
        _limits = limits;
    }

    /// <summary>Killed so far; 0 where the kernel does not say.</summary>
    /// <remarks>The file stays open, so that a step pays for one read of some microseconds.</remarks>
    public long Count
    {
        get
        {
            if (_events is null)
            {
                return 0;
            }

            Span<byte> buffer = stackalloc byte[MaxBytes];
            try
            {
                return Parse(Encoding.ASCII.GetString(buffer[..RandomAccess.Read(_events, buffer, 0)]));
            }
            catch (IOException)
            {
                return 0; // the group is gone, and whatever it knew
            }
        }
    }

    /// <summary>Most bytes that the group may have, or <c>null</c>: as many as the machine has.</summary>
    public long? Limit => _limits.Select(ReadLimit).Where(limit => limit is not null).Min();

    /// <summary>The count of this process' group.</summary>
    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are: <c>/</c>.</param>
    public static MemoryKills Find(string root)
    {
        try
        {
            var groups = Path.Combine(root, "sys/fs/cgroup");
            foreach (var line in File.ReadLines(Path.Combine(root, "proc/self/cgroup")))
            {
                // "0::/path" of version 2, "9:cpu,memory:/path" of version 1.
                var parts = line.Split(':', 3);
                if (parts is ["0", "", var path] && Open(groups, path, "memory.events", "memory.max") is { } kills)
                {
                    return kills;
                }

                if (parts is [_, var controllers, var old] && controllers.Split(',').Contains("memory")
                    && Open(Path.Combine(groups, "memory"), old, "memory.oom_control", "memory.limit_in_bytes") is { } before)
                {
                    return before;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No /proc: then nobody can tell, and a step's exit code has to do.
        }

        return None;
    }

    /// <inheritdoc/>
    public void Dispose() => _events?.Dispose();

    // In a container the path may be that of the machine, while the folder shows the container's own group as its top.
    private static MemoryKills? Open(string groups, string path, string events, string limit)
    {
        var top = Path.TrimEndingDirectorySeparator(groups);
        var own = Path.TrimEndingDirectorySeparator(top + path);
        foreach (var folder in (string[])[own, top])
        {
            if (File.Exists(Path.Combine(folder, events)))
            {
                return new MemoryKills(File.OpenHandle(Path.Combine(folder, events)), [.. Upwards(folder, top).Select(level => Path.Combine(level, limit))]);
            }
        }

        return null;
    }

    private static IEnumerable<string> Upwards(string folder, string top)
    {
        for (var level = folder; level.StartsWith(top, StringComparison.Ordinal); level = Path.GetDirectoryName(level) ?? string.Empty)
        {
            yield return level;
        }
    }

    private static long Parse(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(Field, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Field.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return count;
            }
        }

        return 0;
    }

    private static long? ReadLimit(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes < NoLimit ? bytes : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // the top of version 2 has no such file
        }
    }
}
