using System.Text.RegularExpressions;

namespace Runner.Execution.Matchers;

/// <summary>One pattern of a problem matcher: an expression, and which of its groups say what.</summary>
internal sealed record MatcherPattern
{
    /// <summary>The expression.</summary>
    public required Regex Expression { get; init; }

    /// <summary>Groups by what they say; 0 stands for the whole match.</summary>
    public required IReadOnlyDictionary<MatchedPart, int> Groups { get; init; }

    /// <summary>Whether the last pattern may match again and again.</summary>
    public bool Loops { get; init; }

    /// <summary>What the groups say of a match.</summary>
    public IEnumerable<KeyValuePair<MatchedPart, string>> Read(Match match) =>
        Groups.Where(group => match.Groups[group.Value].Success)
            .Select(group => KeyValuePair.Create(group.Key, match.Groups[group.Value].Value));
}

/// <summary>What a group of a pattern can say, in the words of the matcher files.</summary>
internal enum MatchedPart
{
    /// <summary><c>file</c>.</summary>
    File,

    /// <summary><c>line</c>.</summary>
    Line,

    /// <summary><c>column</c>.</summary>
    Column,

    /// <summary><c>severity</c>.</summary>
    Severity,

    /// <summary><c>code</c>.</summary>
    Code,

    /// <summary><c>message</c>.</summary>
    Message,

    /// <summary><c>fromPath</c>.</summary>
    FromPath,
}

/// <summary>What a matcher found in a line, or in some.</summary>
internal sealed record MatchedIssue(IReadOnlyDictionary<MatchedPart, string> Parts)
{
    /// <summary>What was said of a part, or <c>null</c>: nothing, or the empty text.</summary>
    public string? Find(MatchedPart part) => Parts.TryGetValue(part, out var text) && text.Length > 0 ? text : null;
}
