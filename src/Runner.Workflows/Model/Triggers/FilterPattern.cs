using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Runner.Workflows.Model.Triggers;

/// <summary>One pattern of a filter (<c>branches</c>, <c>tags</c>, <c>paths</c>, …), as GitHub's "Filter pattern cheat sheet" describes them.</summary>
/// <remarks>
/// <c>*</c> any letters but <c>/</c>; <c>**</c> any letters; <c>?</c> none or one, <c>+</c> one or more of the letter before; <c>[a-z0]</c> one
/// of the letters; <c>\</c> takes the next letter as it is; <c>!</c> in front turns the pattern round. A pattern matches the whole text, in
/// the case that it is written in. Patterns come from files that anybody may write, thousands in one: nothing is compiled, a pattern holds one
/// small part a letter, and matching follows all parts at once (<see cref="PatternMatcher"/>).
/// </remarks>
internal sealed class FilterPattern
{
    private const int MaxLength = 1000;

    private readonly ImmutableArray<PatternPart> _parts;

    private FilterPattern(bool isNegated, ImmutableArray<PatternPart> parts)
    {
        IsNegated = isNegated;
        _parts = parts;
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

        if (!TryRead(body, out var parts, out problem))
        {
            return false;
        }

        pattern = new FilterPattern(isNegated, parts);
        return true;
    }

    /// <summary>Whether the pattern, without its <c>!</c>, matches a text.</summary>
    public bool Matches(string text) => PatternMatcher.Matches(_parts.AsSpan(), text);

    private static bool TryRead(string text, out ImmutableArray<PatternPart> parts, [NotNullWhen(false)] out string? problem)
    {
        var read = ImmutableArray.CreateBuilder<PatternPart>();
        var canRepeat = false;
        (parts, problem) = ([], null);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*':
                    i = ReadStars(text, i, read);
                    canRepeat = false;
                    break;
                case '?' or '+' when canRepeat:
                    read[^1] = read[^1] with { Count = text[i] == '?' ? PartCount.Optional : PartCount.Repeated };
                    canRepeat = false;
                    break;
                case '?' or '+':
                    problem = $"'{text[i]}' at position {i + 1} has no letter before it to repeat";
                    return false;
                case '[':
                    if (!TryReadSet(text, ref i, read, out problem))
                    {
                        return false;
                    }

                    canRepeat = true;
                    break;
                case '\\' when i + 1 < text.Length:
                    read.Add(PatternPart.Of(text[++i]));
                    canRepeat = true;
                    break;
                default:
                    read.Add(PatternPart.Of(text[i]));
                    canRepeat = true;
                    break;
            }
        }

        parts = read.DrainToImmutable();
        return true;
    }

    // "**/" at the beginning of a segment stands for no folder too: **/docs/** matches docs/a.txt, docs/**/*.txt matches docs/a.txt.
    private static int ReadStars(string text, int start, ImmutableArray<PatternPart>.Builder read)
    {
        var end = start;
        while (end + 1 < text.Length && text[end + 1] == '*')
        {
            end++;
        }

        if (end == start)
        {
            read.Add(new PatternPart(PartKind.InSegment));
            return end;
        }

        if ((start == 0 || text[start - 1] == '/') && end + 1 < text.Length && text[end + 1] == '/')
        {
            read.Add(new PatternPart(PartKind.Folders));
            read.Add(new PatternPart(PartKind.ThroughSlash));
            return end + 1;
        }

        read.Add(new PatternPart(PartKind.Anything));
        return end;
    }

    private static bool TryReadSet(string text, ref int index, ImmutableArray<PatternPart>.Builder read, [NotNullWhen(false)] out string? problem)
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

        read.Add(new PatternPart(PartKind.OneOf) { Set = set });
        index = end;
        problem = null;
        return true;
    }
}
