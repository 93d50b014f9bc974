using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>Where in a scalar something is wrong with an expression.</summary>
/// <param name="Number">Which <c>${{</c> of the scalar, from 0; -1: the scalar is an expression without one, as an <c>if</c> may be.</param>
/// <param name="Expression">The expression, trimmed.</param>
/// <param name="Offset">Index in the expression, from 0; -1: the <c>${{</c> itself.</param>
internal readonly record struct ExpressionSpot(int Number, string Expression, int Offset);

/// <summary>Finds the places of expressions in a file's text: a scalar's token knows only where the scalar begins.</summary>
/// <remarks>
/// A scalar's value is not its text: block scalars lose their indentation, quoted ones their escapes, folded ones their line ends. So the
/// expression is followed through the text, in which white space may be more, and quotes doubled or escaped. Where that fails, the scalar's
/// beginning is the place.
/// </remarks>
internal sealed class ExpressionPlaces(string text)
{
    private const string Open = "${{";

    private List<int>? _lines;

    /// <summary>The place of a spot in the scalar that begins at a position.</summary>
    public SourcePosition Find(SourcePosition scalar, ExpressionSpot spot)
    {
        var start = IndexOf(scalar);
        if (start < 0)
        {
            return scalar;
        }

        if (spot.Number < 0)
        {
            return Follow(SkipHeader(start), spot, text[start]) is { } inCondition ? PlaceOf(inCondition, scalar) : scalar;
        }

        var open = start - Open.Length;
        for (var number = 0; number <= spot.Number; number++)
        {
            open = text.IndexOf(Open, open + Open.Length, StringComparison.Ordinal);
            if (open < 0)
            {
                return scalar;
            }
        }

        return spot.Offset < 0 ? PlaceOf(open, scalar) : PlaceOf(Follow(open + Open.Length, spot, text[start]) ?? open, scalar);
    }

    // Index of the letter in the text that stands for the spot's letter of the expression.
    private int? Follow(int index, ExpressionSpot spot, char style)
    {
        index = SkipWhiteSpace(index);
        foreach (var letter in spot.Expression.AsSpan(0, Math.Min(spot.Offset, spot.Expression.Length)))
        {
            if (char.IsWhiteSpace(letter))
            {
                index = SkipWhiteSpace(index);
                continue;
            }

            // Escapes: '' in single quotes, \" in double ones; a line of the text may also end between two letters.
            index = SkipWhiteSpace(index);
            index += index < text.Length && style == '"' && text[index] == '\\' ? 1 : 0;
            if (index >= text.Length || text[index] != letter)
            {
                return null;
            }

            index += style == '\'' && letter == '\'' ? 2 : 1;
        }

        return SkipWhiteSpace(index);
    }

    private int SkipHeader(int start) => text[start] switch
    {
        '|' or '>' => text.IndexOf('\n', start) is >= 0 and var end ? end + 1 : start,
        '\'' or '"' => start + 1,
        _ => start,
    };

    private int SkipWhiteSpace(int index)
    {
        while (index < text.Length && char.IsWhiteSpace(text[index]))
        {
            index++;
        }

        return index;
    }

    private int IndexOf(SourcePosition place)
    {
        var lines = _lines ??= FindLines();
        return place.Line > lines.Count || lines[place.Line - 1] + place.Column > text.Length ? -1 : lines[place.Line - 1] + place.Column - 1;
    }

    private SourcePosition PlaceOf(int index, SourcePosition scalar)
    {
        var lines = _lines ??= FindLines();
        var line = lines.BinarySearch(index) is >= 0 and var exact ? exact : ~lines.BinarySearch(index) - 1;
        return scalar with { Line = line + 1, Column = index - lines[line] + 1 };
    }

    private List<int> FindLines()
    {
        var lines = new List<int> { 0 };
        for (var index = text.IndexOf('\n', 0); index >= 0; index = text.IndexOf('\n', index + 1))
        {
            lines.Add(index + 1);
        }

        return lines;
    }
}
