using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Runner.Workflows.Model.Triggers;

/// <summary>One pattern of a filter (<c>branches</c>, <c>tags</c>, <c>paths</c>, …), as GitHub's "Filter pattern cheat sheet" describes them.</summary>
/// <remarks>
/// <c>*</c> any letters but <c>/</c>; <c>**</c> any letters; <c>?</c> none or one, <c>+</c> one or more of the letter before; <c>[a-z0]</c> one
/// of the letters; <c>\</c> takes the next letter as it is; <c>!</c> in front turns the pattern round. A pattern matches the whole text, in
/// the case that it is written in.
/// </remarks>
internal sealed class FilterPattern
{
    private const int MaxLength = 1000;

    private readonly Regex _regex;

    private FilterPattern(bool isNegated, Regex regex)
    {
        IsNegated = isNegated;
        _regex = regex;
    }

    /// <summary>Whether it begins with <c>!</c>: what it matches is taken out again.</summary>
    public bool IsNegated { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern, with its <c>!</c>.</param>
    /// <param name="pattern">The pattern; <c>null</c> where it cannot be read.</param>
    /// <param name="problem">What is wrong with it; <c>null</c> where nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out FilterPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        var isNegated = text.StartsWith('!');
        var body = isNegated ? text[1..] : text;
        (pattern, problem) = (null, null);
        if (body.Length is 0 or > MaxLength)
        {
            problem = body.Length == 0 ? "it is empty" : $"it has more than {MaxLength} letters";
            return false;
        }

        if (!TryTranslate(body, out var regex, out problem))
        {
            return false;
        }

        // Patterns come from files that anybody may write: this engine takes linear time whatever they say.
        pattern = new FilterPattern(isNegated, new Regex($@"\A(?:{regex})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));
        return true;
    }

    /// <summary>Whether the pattern, without its <c>!</c>, matches a text.</summary>
    public bool Matches(string text) => _regex.IsMatch(text);

    private static bool TryTranslate(string text, [NotNullWhen(true)] out string? regex, [NotNullWhen(false)] out string? problem)
    {
        var translated = new StringBuilder();
        var canRepeat = false;
        (regex, problem) = (null, null);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when i + 1 < text.Length && text[i + 1] == '*':
                    i = AnyDepth(text, i, translated);
                    canRepeat = false;
                    break;
                case '*':
                    translated.Append("[^/]*");
                    canRepeat = false;
                    break;
                case '?' or '+' when canRepeat:
                    translated.Append(text[i]);
                    canRepeat = false;
                    break;
                case '?' or '+':
                    problem = $"'{text[i]}' at position {i + 1} has no letter before it to repeat";
                    return false;
                case '[':
                    if (!TryTranslateSet(text, ref i, translated, out problem))
                    {
                        return false;
                    }

                    canRepeat = true;
                    break;
                case '\\' when i + 1 < text.Length:
                    translated.Append(Regex.Escape(text[++i].ToString()));
                    canRepeat = true;
                    break;
                default:
                    translated.Append(Regex.Escape(text[i].ToString()));
                    canRepeat = true;
                    break;
            }
        }

        regex = translated.ToString();
        return true;
    }

    // "**/" at the beginning of a segment stands for no folder too: **/docs/** matches docs/a.md, docs/**/*.md matches docs/a.md.
    private static int AnyDepth(string text, int start, StringBuilder translated)
    {
        var end = start + 1;
        while (end + 1 < text.Length && text[end + 1] == '*')
        {
            end++;
        }

        var isSegment = (start == 0 || text[start - 1] == '/') && end + 1 < text.Length && text[end + 1] == '/';
        translated.Append(isSegment ? "(?:.*/)?" : ".*");
        return isSegment ? end + 1 : end;
    }

    private static bool TryTranslateSet(string text, ref int index, StringBuilder translated, [NotNullWhen(false)] out string? problem)
    {
        var end = text.IndexOf(']', index + 1);
        if (end <= index + 1)
        {
            problem = end < 0 ? $"'[' at position {index + 1} is not closed" : $"'[]' at position {index + 1} is empty";
            return false;
        }

        var set = text[(index + 1)..end];
        for (var i = 1; i < set.Length - 1; i++)
        {
            if (set[i] == '-' && set[i - 1] > set[i + 1])
            {
                problem = $"the range '{set[(i - 1)..(i + 2)]}' is the wrong way round";
                return false;
            }
        }

        // Inside a set only these mean something to the engine that mean nothing to GitHub.
        translated.Append('[').Append(set.Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal)
            .Replace("^", @"\^", StringComparison.Ordinal)).Append(']');
        index = end;
        problem = null;
        return true;
    }
}
