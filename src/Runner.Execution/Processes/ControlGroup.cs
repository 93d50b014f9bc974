using System.Globalization;

namespace Runner.Execution.Processes;

/// <summary>The control group of this process, which is that of its steps too, as one controller of the kernel has it.</summary>
internal sealed class ControlGroup
{
    // Version 1 says "no limit" by a number of pages that no machine has.
    private const long NoLimit = 1L << 60;

    private readonly string _folder;
    private readonly string _top;

    private ControlGroup(string folder, string top, bool isUnified)
    {
        _folder = folder;
        _top = top;
        IsUnified = isUnified;
    }

    /// <summary>Whether it is a group of version 2.</summary>
    public bool IsUnified { get; }

    /// <summary>Finds it; <c>null</c>: the kernel does not say, or has no such controller.</summary>
    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are: <c>/</c>.</param>
    /// <param name="controller">Name of the controller in version 1.</param>
    /// <param name="unifiedFile">A file that groups of version 2 have where the controller counts.</param>
    /// <param name="oldFile">One that groups of version 1 have.</param>
    public static ControlGroup? Find(string root, string controller, string unifiedFile, string oldFile)
    {
        try
        {
            var groups = Path.Combine(root, "sys/fs/cgroup");
            foreach (var line in File.ReadLines(Path.Combine(root, "proc/self/cgroup")))
            {
                // "0::/path" of version 2, "9:cpu,memory:/path" of version 1.
                var parts = line.Split(':', 3);
                if (parts is ["0", "", var path] && At(groups, path, unifiedFile, isUnified: true) is { } group)
                {
                    return group;
                }

                if (parts is [_, var controllers, var old] && controllers.Split(',').Contains(controller)
                    && At(Path.Combine(groups, controller), old, oldFile, isUnified: false) is { } before)
                {
                    return before;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No /proc: then nobody can tell.
        }

        return null;
    }

    /// <summary>Path of one of its files.</summary>
    /// <param name="unified">Its name in version 2.</param>
    /// <param name="old">Its name in version 1.</param>
    public string PathOf(string unified, string old) => Path.Combine(_folder, IsUnified ? unified : old);

    /// <summary>Most bytes of memory that the group may have, by its own limit and by those of the groups around it; <c>null</c>: as many as the machine has.</summary>
    public long? ReadMemoryLimit() =>
        Upwards().Select(level => ReadLimit(Path.Combine(level, IsUnified ? "memory.max" : "memory.limit_in_bytes"))).Where(limit => limit is not null).Min();

    // In a container the path may be that of the machine, while the folder shows the container's own group as its top.
    private static ControlGroup? At(string groups, string path, string file, bool isUnified)
    {
        var top = Path.TrimEndingDirectorySeparator(groups);
        var own = Path.TrimEndingDirectorySeparator(top + path);
        return new[] { own, top }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, file))) is { } found ? new ControlGroup(found, top, isUnified) : null;
    }

    private IEnumerable<string> Upwards()
    {
        for (var level = _folder; level.StartsWith(_top, StringComparison.Ordinal); level = Path.GetDirectoryName(level) ?? string.Empty)
        {
            yield return level;
        }
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
