using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Runner.Execution.Matchers;

/// <summary>A problem matcher of a file (<c>worker-semantics.md</c> section 7). What it has seen of one step's output is a <see cref="MatcherState"/>.</summary>
internal sealed record ProblemMatcher
{
    /// <summary>Its name: another one of that name takes its place.</summary>
    public required string Owner { get; init; }

    /// <summary>Severity of what it finds, where no group says one; empty: an error.</summary>
    public string Severity { get; init; } = string.Empty;

    /// <summary>File whose folder relative paths start from, where no group says one; empty: the workspace.</summary>
    public string FromPath { get; init; } = string.Empty;

    /// <summary>The patterns, for lines that follow each other.</summary>
    public required ImmutableArray<MatcherPattern> Patterns { get; init; }
}

/// <summary>How far the patterns of a matcher have matched the lines of one step.</summary>
internal sealed class MatcherState(ProblemMatcher matcher)
{
    private readonly Dictionary<MatchedPart, string>?[] _seen = new Dictionary<MatchedPart, string>?[matcher.Patterns.Length];

    /// <summary>The matcher.</summary>
    public ProblemMatcher Matcher { get; } = matcher;

    /// <summary>Takes a line; gives what is complete now, or <c>null</c>.</summary>
    /// <exception cref="RegexMatchTimeoutException">An expression took too long.</exception>
    public MatchedIssue? Take(string line)
    {
        // From the last pattern to the first: each sees what the one before it has seen of earlier lines.
        for (var i = Matcher.Patterns.Length - 1; i >= 0; i--)
        {
            var before = i == 0 ? [] : _seen[i - 1];
            if (before is null)
            {
                continue;
            }

            var pattern = Matcher.Patterns[i];
            var match = pattern.Expression.Match(line);
            var isLast = i == Matcher.Patterns.Length - 1;
            if (match.Success && isLast)
            {
                return Complete(pattern, match, before);
            }

            if (match.Success)
            {
                _seen[i] = Join(before, pattern, match);
            }
            else if (i > 0)
            {
                _seen[i - 1] = null;
            }
        }

        return null;
    }

    /// <summary>Forgets what it has seen: another matcher took the line.</summary>
    public void Reset() => Array.Clear(_seen);

    private MatchedIssue Complete(MatcherPattern pattern, Match match, Dictionary<MatchedPart, string> before)
    {
        var parts = Join(before, pattern, match);
        if (!pattern.Loops)
        {
            Reset();
        }
        else
        {
            // The last but one stays: the next line may match the loop again.
            Array.Clear(_seen, 0, _seen.Length - 2);
        }

        parts.TryAdd(MatchedPart.Severity, Matcher.Severity);
        parts.TryAdd(MatchedPart.FromPath, Matcher.FromPath);
        return new MatchedIssue(parts);
    }

    // What an earlier line said wins.
    private static Dictionary<MatchedPart, string> Join(Dictionary<MatchedPart, string> before, MatcherPattern pattern, Match match)
    {
        var parts = new Dictionary<MatchedPart, string>(before);
        foreach (var (part, text) in pattern.Read(match))
        {
            parts.TryAdd(part, text);
        }

        return parts;
    }
}
