namespace Runner.Execution.Repositories;

/// <summary>
/// The symbolic links of an archive, and where they lead: through other links of the archive too, as the file system would go. Pure.
/// </summary>
internal sealed class ArchiveLinks
{
    // What Linux follows before it says ELOOP.
    private const int MaxHops = 40;

    private readonly Dictionary<string, string> _targets = new(StringComparer.Ordinal);

    /// <summary>Paths of the links with their targets, as the archive has them.</summary>
    public IReadOnlyDictionary<string, string> Targets => _targets;

    /// <summary>Notes a link.</summary>
    /// <param name="path">Where it is, relative to the archive's folder.</param>
    /// <param name="target">What it says.</param>
    public void Add(string path, string target) => _targets[path] = target;

    /// <summary>Whether a link leads to a place inside of the archive's folder, there or not. A circle leads nowhere, and not outside.</summary>
    public bool StaysInside(string path)
    {
        var place = new List<string>();
        var rest = new Stack<string>();
        Push(rest, path);
        var hops = 0;
        while (rest.TryPop(out var part))
        {
            switch (part)
            {
                case "" or ".":
                    continue;
                case ".." when place.Count == 0:
                    return false;
                case "..":
                    place.RemoveAt(place.Count - 1);
                    continue;
            }

            place.Add(part);
            if (!_targets.TryGetValue(string.Join('/', place), out var target))
            {
                continue;
            }

            if (target.StartsWith('/'))
            {
                return false;
            }

            if (++hops > MaxHops)
            {
                return true;
            }

            place.RemoveAt(place.Count - 1);
            Push(rest, target);
        }

        return true;
    }

    private static void Push(Stack<string> rest, string path)
    {
        foreach (var part in path.Split('/').Reverse())
        {
            rest.Push(part);
        }
    }
}
