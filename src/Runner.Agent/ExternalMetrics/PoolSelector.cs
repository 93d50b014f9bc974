using System.Text.RegularExpressions;

namespace Runner.Agent.ExternalMetrics;

/// <summary>A label selector over the one label that the metrics have, <c>pool</c> (Kubernetes documentation, "Labels and Selectors"). Pure.</summary>
internal sealed partial class PoolSelector
{
    private const string Label = "pool";

    private readonly List<Func<string, bool>> _requirements = [];

    private PoolSelector()
    {
    }

    /// <summary>Reads a selector; <c>null</c>: it is none. An empty one takes all.</summary>
    public static PoolSelector? Parse(string? text)
    {
        var selector = new PoolSelector();
        if (string.IsNullOrWhiteSpace(text))
        {
            return selector;
        }

        foreach (Match part in Part().Matches(text))
        {
            if (!selector.Add(part.Value.Trim()))
            {
                return null;
            }
        }

        return selector;
    }

    /// <summary>Whether it takes a pool.</summary>
    public bool Takes(string pool) => _requirements.TrueForAll(requirement => requirement(pool));

    private bool Add(string part)
    {
        if (Requirement().Match(part) is not { Success: true } match)
        {
            return false;
        }

        var (isPool, word) = (match.Groups["label"].Value == Label, match.Groups["operator"].Value);
        var isNot = match.Groups["not"].Success;
        var values = match.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);

        // Another label is one that no metric has.
        Func<string, bool>? requirement = (word, isNot) switch
        {
            ("=" or "==" or "in", false) => pool => isPool && values.Contains(pool, StringComparer.Ordinal),
            ("!=" or "notin", false) => pool => !isPool || !values.Contains(pool, StringComparer.Ordinal),
            ("", _) => _ => isPool != isNot,
            _ => null,
        };
        if (requirement is not null)
        {
            _requirements.Add(requirement);
        }

        return requirement is not null;
    }

    // Commas part requirements, but for those between parentheses.
    [GeneratedRegex(@"[^,(]+(\([^)]*\)?)?", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();

    [GeneratedRegex(
        @"^((?<not>!)\s*)?(?<label>[A-Za-z0-9][-_.A-Za-z0-9/]*)(\s*(?<operator>==|=|!=)\s*(?<values>[-_.A-Za-z0-9]*)|\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\))?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Requirement();
}
