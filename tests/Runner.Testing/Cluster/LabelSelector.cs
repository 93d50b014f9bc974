using System.Text.RegularExpressions;

namespace Runner.Testing.Cluster;

/// <summary>A label selector as queries have it.</summary>
internal sealed partial class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _needs = [];

    private LabelSelector()
    {
    }

    /// <exception cref="ApiError">It cannot be parsed.</exception>
    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        foreach (var part in string.IsNullOrEmpty(text) ? [] : OutsideOfBrackets().Split(text))
        {
            selector._needs.Add(Need(part.Trim()));
        }

        return selector;
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _needs.TrueForAll(need => need(labels));

    private static Func<IReadOnlyDictionary<string, string>, bool> Need(string part)
    {
        var match = Requirement().Match(part);
        if (!match.Success)
        {
            throw ApiError.BadRequest($"unable to parse requirement: {part}");
        }

        var key = match.Groups["key"].Value;
        var values = match.Groups["value"].Value.Split(',').Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal);
        return (match.Groups["not"].Success, match.Groups["is"].Value) switch
        {
            (true, _) => labels => !labels.ContainsKey(key),
            (_, "=" or "==" or "in") => labels => labels.TryGetValue(key, out var value) && values.Contains(value),
            (_, "!=" or "notin") => labels => !labels.TryGetValue(key, out var value) || !values.Contains(value),
            _ => labels => labels.ContainsKey(key),
        };
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex OutsideOfBrackets();

    [GeneratedRegex(@"^(?:(?<not>!)\s*(?<key>[\w./-]+)|(?<key>[\w./-]+)(?:\s*(?<is>==|=|!=)\s*(?<value>[\w.-]*)|\s+(?<is>in|notin)\s+\((?<value>[\w.,\s-]*)\))?)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Requirement();
}
