using Runner.Jobs.Errors;

namespace Runner.Execution.Globbing;

/// <summary>A glob pattern as GitHub's <c>hashFiles</c> and toolkit read it (<c>expressions.md</c> section 6.1). Immutable.</summary>
internal sealed class GlobPattern
{
    private readonly GlobSegment[] _segments;
    private readonly bool _isImplicit;
    private readonly bool _matchesFoldersOnly;

    private GlobPattern(GlobSegment[] segments, bool isNegated, bool matchesFoldersOnly, bool isImplicit)
    {
        _segments = segments;
        IsNegated = isNegated;
        _matchesFoldersOnly = matchesFoldersOnly;
        _isImplicit = isImplicit;
    }

    /// <summary>Whether what it matches is left out.</summary>
    public bool IsNegated { get; }

    /// <summary>The folder or file below which all matches lie: the segments before the first with a glob.</summary>
    public string SearchPath => "/" + string.Join('/', _segments.TakeWhile(segment => segment.IsLiteral).Select(segment => segment.Literal));

    /// <summary>Reads a line: the pattern, and the one for what lies below its matches where it does not say so itself.</summary>
    /// <exception cref="WorkflowException">It has a segment <c>.</c> or <c>..</c>, or <c>~</c> without a home.</exception>
    public static IEnumerable<GlobPattern> Parse(string line, string workspace, string? home)
    {
        var text = line.TrimStart('!');
        var isNegated = (line.Length - text.Length) % 2 == 1;
        text = text.Trim();
        var matchesFoldersOnly = text.Length > 1 && text.EndsWith('/');
        var segments = Segments(text, workspace, home);
        yield return new GlobPattern(segments, isNegated, matchesFoldersOnly, isImplicit: false);
        if (matchesFoldersOnly || segments is not [.., { IsGlobStar: true }])
        {
            yield return new GlobPattern([.. segments, new GlobSegment("**")], isNegated, matchesFoldersOnly: false, isImplicit: true);
        }
    }

    /// <summary>Whether a file matches.</summary>
    /// <param name="path">Its absolute path in segments.</param>
    public bool MatchesFile(ReadOnlySpan<string> path) => !_matchesFoldersOnly && Matches(_segments, path);

    /// <summary>Whether something below a folder may match.</summary>
    public bool MayMatchBelow(ReadOnlySpan<string> folder)
    {
        for (var i = 0; i < folder.Length; i++)
        {
            if (i == _segments.Length)
            {
                return false;
            }

            if (_segments[i].IsGlobStar)
            {
                return true;
            }

            if (!_segments[i].Matches(folder[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool Matches(ReadOnlySpan<GlobSegment> segments, ReadOnlySpan<string> path)
    {
        if (segments.Length == 0)
        {
            return path.Length == 0;
        }

        if (!segments[0].IsGlobStar)
        {
            return path.Length > 0 && segments[0].Matches(path[0]) && Matches(segments[1..], path[1..]);
        }

        // x/** takes x itself, but not where the ** was only added by us.
        if (segments.Length == 1)
        {
            return path.Length > 0 || !_isImplicit;
        }

        for (var skipped = 0; skipped <= path.Length; skipped++)
        {
            if (Matches(segments[1..], path[skipped..]))
            {
                return true;
            }
        }

        return false;
    }

    private static GlobSegment[] Segments(string text, string workspace, string? home)
    {
        IEnumerable<GlobSegment> root = [];
        if (text == "~" || text.StartsWith("~/", StringComparison.Ordinal))
        {
            root = Literals(home ?? throw new WorkflowException($"The pattern '{text}' needs a home folder, and there is none"));
            text = text[1..];
        }
        else if (!text.StartsWith('/'))
        {
            root = Literals(workspace);
            text = text == "." ? string.Empty : text.StartsWith("./", StringComparison.Ordinal) ? text[2..] : text;
        }

        var segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.FirstOrDefault(segment => segment is "." or "..") is { } relative
            ? throw new WorkflowException($"Invalid pattern '{text}'. Relative pathing '{relative}' is not allowed.")
            : [.. root, .. segments.Select(segment => new GlobSegment(segment))];
    }

    private static IEnumerable<GlobSegment> Literals(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(GlobSegment.Exactly);
}
