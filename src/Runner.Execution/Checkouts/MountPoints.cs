using System.Text.RegularExpressions;

namespace Runner.Execution.Checkouts;

/// <summary>Where volumes are mounted, by the kernel's word (<c>proc_pid_mountinfo(5)</c>).</summary>
internal static partial class MountPoints
{
    private const string Table = "/proc/self/mountinfo";
    private const int MountPoint = 4;

    /// <summary>Those below a folder, absolute; none where the kernel does not tell.</summary>
    public static IReadOnlySet<string> Below(string folder)
    {
        var full = Path.GetFullPath(folder);
        var root = Path.EndsInDirectorySeparator(full) ? full : full + Path.DirectorySeparatorChar;
        return File.Exists(Table) ? Of(File.ReadLines(Table)).Where(path => path.StartsWith(root, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal) : new HashSet<string>();
    }

    /// <summary>All that a table names. Blanks and the like stand in it as <c>\040</c>.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> table) =>
        table.Select(line => line.Split(' ')).Where(fields => fields.Length > MountPoint)
            .Select(fields => Octal().Replace(fields[MountPoint], match => ((char)Convert.ToInt32(match.ValueSpan[1..].ToString(), 8)).ToString()));

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex Octal();
}
