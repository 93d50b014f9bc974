using System.Collections.Immutable;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model.Triggers;

/// <summary>The patterns of one filter, in order: of those that match a text the last one says whether it is in.</summary>
internal sealed class FilterPatterns
{
    private const int MaxTold = 20;

    private readonly ImmutableArray<FilterPattern> _patterns;

    private FilterPatterns(string key, ImmutableArray<string> texts, ImmutableArray<FilterPattern> patterns)
    {
        Key = key;
        Texts = texts;
        _patterns = patterns;
    }

    /// <summary>The filter's key, such as <c>branches</c>.</summary>
    public string Key { get; }

    /// <summary>The patterns as they are written.</summary>
    public ImmutableArray<string> Texts { get; }

    /// <summary>Reads a filter; <c>null</c> where it is not written. Patterns that cannot be read are reported.</summary>
    public static FilterPatterns? Read(TriggerFilter? filter, DiagnosticBag diagnostics)
    {
        if (filter is null)
        {
            return null;
        }

        var patterns = ImmutableArray.CreateBuilder<FilterPattern>();
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var written in filter.Patterns)
        {
            var text = written.Value;
            texts.Add(text);
            if (FilterPattern.TryParse(text, out var pattern, out var problem))
            {
                patterns.Add(pattern);
            }
            else
            {
                diagnostics.Add(written.Position, $"Invalid filter pattern '{text}' of '{filter.Name}': {problem}");
            }
        }

        if (patterns.Count > 0 && patterns.All(pattern => pattern.IsNegated))
        {
            diagnostics.Add(filter.Position, $"'{filter.Name}' has patterns with '!' only, so nothing can match: it needs one without '!' before them");
        }

        return new FilterPatterns(filter.Name, texts.ToImmutable(), patterns.ToImmutable());
    }

    /// <summary>Whether a text is in.</summary>
    public bool Include(string text)
    {
        var isIn = false;
        foreach (var pattern in _patterns)
        {
            if (pattern.IsNegated == isIn && pattern.Matches(text))
            {
                isIn = !isIn;
            }
        }

        return isIn;
    }

    /// <summary>The filter as it is written, for reasons: <c>branches: main, release/**</c>. Of many patterns the first.</summary>
    public override string ToString() => Texts.Length > MaxTold
        ? $"{Key}: {string.Join(", ", Texts.Take(MaxTold))} and {Texts.Length - MaxTold} more"
        : $"{Key}: {string.Join(", ", Texts)}";
}
