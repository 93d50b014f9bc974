namespace Runner.Execution.Globbing;

/// <summary>Finds the files that patterns choose, in the order the official runner finds them.</summary>
internal sealed class GlobWalker(IReadOnlyList<GlobPattern> patterns, bool followsLinks)
{
    /// <summary>
    /// Absolute paths: search path by search path, each folder's entries by byte value, a folder's contents where the folder stands.
    /// </summary>
    public IEnumerable<string> Files() => SearchPaths().SelectMany(path => Walk(path, []));

    private List<string> SearchPaths()
    {
        var paths = patterns.Where(pattern => !pattern.IsNegated).Select(pattern => pattern.SearchPath).Distinct(StringComparer.Ordinal).ToList();
        paths.RemoveAll(path => paths.Exists(other => other != path && path.StartsWith(other.TrimEnd('/') + "/", StringComparison.Ordinal)));
        return paths;
    }

    private IEnumerable<string> Walk(string path, IReadOnlyList<string> folders)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (!IsFolder(path))
        {
            if (File.Exists(path) && IsChosen(segments))
            {
                yield return path;
            }

            yield break;
        }

        var real = followsLinks ? Path.GetFullPath(Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) : path;
        if (folders.Contains(real) || !patterns.Any(pattern => !pattern.IsNegated && pattern.MayMatchBelow(segments)))
        {
            yield break;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(path).Order(Utf8Order.Instance))
        {
            foreach (var file in Walk(entry, [.. folders, real]))
            {
                yield return file;
            }
        }
    }

    private bool IsFolder(string path) => Directory.Exists(path) && (followsLinks || new DirectoryInfo(path).LinkTarget is null);

    private bool IsChosen(string[] segments)
    {
        var isChosen = false;
        foreach (var pattern in patterns)
        {
            if (isChosen == pattern.IsNegated && pattern.MatchesFile(segments))
            {
                isChosen = !pattern.IsNegated;
            }
        }

        return isChosen;
    }

    /// <summary>Order of the UTF-8 bytes, which is that of the code points: UTF-16's differs above U+FFFF.</summary>
    private sealed class Utf8Order : IComparer<string>
    {
        public static Utf8Order Instance { get; } = new();

        public int Compare(string? left, string? right) => Bytes(left).SequenceCompareTo(Bytes(right));

        private static ReadOnlySpan<byte> Bytes(string? text) => System.Text.Encoding.UTF8.GetBytes(text ?? string.Empty);
    }
}
