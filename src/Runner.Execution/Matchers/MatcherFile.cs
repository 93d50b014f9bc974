using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Runner.Execution.Matchers;

/// <summary>Reads and checks the file of <c>::add-matcher::</c>.</summary>
internal static class MatcherFile
{
    /// <summary>Largest file that is read.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The matchers of a file.</summary>
    /// <param name="timeout">How long an expression may look at one line.</param>
    /// <exception cref="InvalidDataException">The file is not as it must be; the message says what is wrong.</exception>
    public static ImmutableArray<ProblemMatcher> Read(string json, TimeSpan timeout)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !TryFind(document.RootElement, "problemMatcher", out var list) || list.ValueKind != JsonValueKind.Array)
            {
                throw new InvalidDataException("Expected an object with the list 'problemMatcher'");
            }

            ImmutableArray<ProblemMatcher> matchers = [.. list.EnumerateArray().Select(matcher => ReadMatcher(matcher, timeout))];
            return matchers.GroupBy(matcher => matcher.Owner, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Skip(1).Any()) is { } twice
                ? throw new InvalidDataException($"Duplicate owner name '{twice.Key}'")
                : matchers;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"It is no JSON: {error.Message}", error);
        }
    }

    private static ProblemMatcher ReadMatcher(JsonElement element, TimeSpan timeout)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "owner") is not { Length: > 0 } owner)
        {
            throw new InvalidDataException("Owner must not be empty");
        }

        var severity = Text(element, "severity") ?? string.Empty;
        if (severity.ToUpperInvariant() is not ("" or "ERROR" or "WARNING" or "NOTICE"))
        {
            throw new InvalidDataException($"Matcher '{owner}' contains unexpected severity '{severity}'. Expected: error, warning or notice");
        }

        var patterns = TryFind(element, "pattern", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(pattern => ReadPattern(pattern, owner, timeout)).ToImmutableArray()
            : [];
        Check(patterns, owner);
        return new ProblemMatcher { Owner = owner, Severity = severity, FromPath = Text(element, "fromPath") ?? string.Empty, Patterns = patterns };
    }

    private static MatcherPattern ReadPattern(JsonElement element, string owner, TimeSpan timeout)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "regexp") is not { } text)
        {
            throw new InvalidDataException($"Matcher '{owner}' has a pattern without 'regexp'");
        }

        Regex expression;
        try
        {
            expression = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.ECMAScript, timeout);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"Matcher '{owner}': {error.Message}", error);
        }

        var groups = Enum.GetValues<MatchedPart>()
            .Select(part => (Part: part, Group: Number(element, NameOf(part), owner)))
            .Where(pair => pair.Group is not null)
            .ToDictionary(pair => pair.Part, pair => pair.Group ?? 0);
        var count = expression.GetGroupNumbers().Length;
        foreach (var (part, group) in groups)
        {
            if (group < 0 || group >= count)
            {
                throw new InvalidDataException($"Matcher '{owner}': the property '{NameOf(part)}' is set to group {group}, but the expression has groups 0 to {count - 1}");
            }
        }

        return new MatcherPattern
        {
            Expression = expression,
            Groups = groups,
            Loops = TryFind(element, "loop", out var loop) && loop.ValueKind == JsonValueKind.True,
        };
    }

    private static void Check(ImmutableArray<MatcherPattern> patterns, string owner)
    {
        if (patterns.IsEmpty)
        {
            throw new InvalidDataException($"Matcher '{owner}' does not contain any patterns");
        }

        for (var i = 0; i < patterns.Length; i++)
        {
            var isLast = i == patterns.Length - 1;
            if (patterns[i].Loops && (!isLast || i == 0 || !patterns[i].Groups.ContainsKey(MatchedPart.Message)))
            {
                throw new InvalidDataException($"Matcher '{owner}': only the last one of several patterns may have 'loop', and it must set 'message'");
            }
        }

        foreach (var part in Enum.GetValues<MatchedPart>())
        {
            var count = patterns.Count(pattern => pattern.Groups.ContainsKey(part));
            if (count > 1)
            {
                throw new InvalidDataException($"Matcher '{owner}': the property '{NameOf(part)}' is set twice");
            }

            if (count == 0 && part == MatchedPart.Message)
            {
                throw new InvalidDataException($"Matcher '{owner}': at least one pattern must set 'message'");
            }
        }
    }

    private static string NameOf(MatchedPart part) => part == MatchedPart.FromPath ? "fromPath" : part.ToString().ToLowerInvariant();

    private static int? Number(JsonElement element, string name, string owner)
    {
        if (!TryFind(element, name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw new InvalidDataException($"Matcher '{owner}': the property '{name}' must be the number of a group, not {value.GetRawText()}");
    }

    private static string? Text(JsonElement element, string name) =>
        TryFind(element, name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryFind(JsonElement element, string name, out JsonElement value)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = member.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
