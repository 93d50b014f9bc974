using System.Text;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Templates;

/// <summary>Finds the <c>${{ }}</c> of a text and makes one expression of text and expressions (<c>expressions.md</c> section 8).</summary>
internal static class ExpressionSplitter
{
    private const string Open = "${{";
    private const string Insert = "insert";

    private static readonly ExpressionProblem Empty = new("An expression was expected", Hint: null, Offset: -1);

    private static readonly ExpressionProblem NotClosed = new(
        "The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found.", Hint: null, Offset: -1);

    private static readonly ExpressionProblem InsertInText = new(
        "The directive 'insert' is not allowed in this context. Directives are not supported for expressions that are embedded within a string. "
        + "Directives are only supported when the entire value is an expression.",
        Hint: null,
        Offset: -1);

    public static bool HasExpression(string text) => text.Contains(Open, StringComparison.Ordinal);

    /// <summary>
    /// The token that a text stands for: itself without <c>${{ }}</c>, the expression where it is nothing else, the literal where that is a
    /// text in quotes, and <c>format('…{0}…', …)</c> where text and expressions are mixed.
    /// </summary>
    /// <param name="token">The text.</param>
    /// <param name="check">Gives what is wrong with one expression, or <c>null</c>.</param>
    /// <param name="report">Takes each problem with its place. Where there was one, the result is the text itself.</param>
    public static ScalarToken Split(StringToken token, Func<string, ExpressionProblem?> check, Action<ExpressionProblem, ExpressionSpot> report)
    {
        var text = token.Value;
        var format = new StringBuilder();
        var arguments = new List<string>();
        var isBroken = false;
        var position = 0;
        for (var open = text.IndexOf(Open, StringComparison.Ordinal); open >= 0; open = text.IndexOf(Open, position, StringComparison.Ordinal))
        {
            AppendLiteral(format, text.AsSpan(position, open - position));
            var end = FindEnd(text, open + Open.Length);
            if (end < 0)
            {
                report(NotClosed, new ExpressionSpot(arguments.Count, string.Empty, NotClosed.Offset));
                return token;
            }

            var expression = text[(open + Open.Length)..(end - 1)].Trim();
            position = end + 1;
            var directive = ReadInsert(expression, out var isInsert);
            if (isInsert && directive is null && open == 0 && position == text.Length)
            {
                return new InsertToken { Position = token.Position };
            }

            if ((isInsert ? directive ?? InsertInText : expression.Length == 0 ? Empty : check(expression)) is { } problem)
            {
                report(problem, new ExpressionSpot(arguments.Count, expression, problem.Offset));
                isBroken = true;
            }

            format.Append('{').Append(arguments.Count).Append('}');
            arguments.Add(expression);
        }

        if (isBroken || arguments.Count == 0)
        {
            return token;
        }

        AppendLiteral(format, text.AsSpan(position));
        if (format.Length == 3)
        {
            return ReadLiteral(arguments[0]) is { } literal
                ? new StringToken(literal) { Position = token.Position }
                : new ExpressionToken(arguments[0]) { Position = token.Position, Written = text };
        }

        var whole = $"format('{format}', {string.Join(", ", arguments)})";
        if (check(whole) is { } tooMuch)
        {
            // What is joined may pass a limit that its parts keep.
            report(tooMuch, new ExpressionSpot(0, arguments[0], -1));
            return token;
        }

        return new ExpressionToken(whole) { Position = token.Position, Written = text };
    }

    // The text of an expression that is nothing but one in quotes.
    private static string? ReadLiteral(string expression)
    {
        if (expression is not ['\'', .., '\''] || expression.Length == 1)
        {
            return null;
        }

        var inner = expression[1..^1].Replace("''", "\0", StringComparison.Ordinal);
        return inner.Contains('\'', StringComparison.Ordinal) ? null : inner.Replace('\0', '\'');
    }

    // A directive takes words behind it; this one takes none.
    private static ExpressionProblem? ReadInsert(string expression, out bool isInsert)
    {
        isInsert = false;
        if (!expression.StartsWith(Insert, StringComparison.Ordinal))
        {
            return null;
        }

        var words = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        isInsert = words is [Insert, ..];
        return isInsert && words.Length > 1
            ? new ExpressionProblem($"Exactly 0 parameter(s) were expected following the directive '{Insert}'. Actual parameter count: {words.Length - 1}", Hint: null)
            : null;
    }

    // Index of the second brace of the first }} that is not inside a string; -1 where there is none.
    private static int FindEnd(string text, int start)
    {
        var isInString = false;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '\'')
            {
                isInString = !isInString;
            }
            else if (!isInString && i > start && text[i] == '}' && text[i - 1] == '}')
            {
                return i;
            }
        }

        return -1;
    }

    private static void AppendLiteral(StringBuilder format, ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            format.Append(letter);
            if (letter is '\'' or '{' or '}')
            {
                format.Append(letter);
            }
        }
    }
}
