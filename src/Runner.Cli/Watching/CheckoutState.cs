using Runner.Cli.Workspaces;

namespace Runner.Cli.Watching;

/// <summary>What the files of a checkout were at a moment, those left out that git ignores: by two of them a change is seen.</summary>
internal sealed class CheckoutState
{
    private const string Gone = "gone";

    private readonly Dictionary<string, string> _marks;

    private CheckoutState(Dictionary<string, string> marks) => _marks = marks;

    /// <summary>Looks at a checkout.</summary>
    /// <param name="folder">The checkout.</param>
    /// <param name="leftOut">Absolute paths of files and folders that do not count.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor for want of a right.</exception>
    public static async Task<CheckoutState> ReadAsync(string folder, IReadOnlyCollection<string> leftOut, CancellationToken cancellationToken)
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in await CheckoutTree.ReadFilesAsync(folder, cancellationToken))
        {
            if (!leftOut.Any(path => IsIn(path, Path.Combine(folder, entry.Path))))
            {
                marks[entry.Path] = MarkOf(entry);
            }
        }

        return new CheckoutState(marks);
    }

    /// <summary>Paths of the files that are others now, there or not, in their order.</summary>
    public IReadOnlyList<string> ChangesSince(CheckoutState earlier) =>
    [
        .. _marks.Keys.Union(earlier._marks.Keys)
            .Where(path => _marks.GetValueOrDefault(path, Gone) != earlier._marks.GetValueOrDefault(path, Gone))
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsIn(string path, string file) => file == path || file.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string MarkOf(CheckoutEntry entry) => entry switch
    {
        LinkEntry link => $"link to {link.Target}",
        FileEntry file => MarkOf(new FileInfo(file.Source)),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry, "no file or link"),
    };

    private static string MarkOf(FileInfo file) =>
        file.Exists ? FormattableString.Invariant($"{file.Length} {file.LastWriteTimeUtc.Ticks} {(OperatingSystem.IsWindows() ? default : file.UnixFileMode)}") : Gone;
}
