using System.Buffers;
using System.Globalization;
using Runner.Expressions.Evaluation;
using Runner.Expressions.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>format(text, arguments…)</c>: <c>{0}</c> is the first argument, <c>{{</c> and <c>}}</c> are braces (<c>expressions.md</c> section 5.1).</summary>
internal sealed class FormatFunction : Function
{
    private static readonly SearchValues<char> Braces = SearchValues.Create("{}");

    public override FunctionDeclaration Declaration { get; } = new("format", 1, 255);

    public override Value Call(Arguments arguments)
    {
        var format = arguments.Evaluate(0).ToText();
        var values = new Value?[arguments.Count - 1];
        var result = new BudgetedText(arguments.NewBudget());
        var rest = format.AsSpan();
        while (rest.IndexOfAny(Braces) is >= 0 and var brace)
        {
            result.Append(rest[..brace]);
            rest = rest[brace..];
            if (rest.Length > 1 && rest[1] == rest[0])
            {
                result.Append(rest[0]);
                rest = rest[2..];
                continue;
            }

            var end = rest.IndexOf('}');
            if (rest[0] == '}' || end < 0)
            {
                throw Invalid(format);
            }

            result.Append(Replace(rest[1..end], format, arguments, values));
            rest = rest[(end + 1)..];
        }

        result.Append(rest);
        return new StringValue(result.ToString());
    }

    /// <summary>The text for what stands between two braces. An argument is evaluated the first time it is referred to.</summary>
    private static string Replace(ReadOnlySpan<char> reference, string format, Arguments arguments, Value?[] values)
    {
        var colon = reference.IndexOf(':');
        var digits = colon < 0 ? reference : reference[..colon];
        if (!byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            throw Invalid(format);
        }

        if (index >= values.Length)
        {
            throw ExpressionException.Evaluation(
                $"The following format string references more arguments than were supplied: {format}");
        }

        var value = values[index] ??= arguments.Evaluate(index + 1);
        var specifiers = colon < 0 ? "" : reference[(colon + 1)..];
        return specifiers.IsEmpty
            ? value.ToText()
            : throw ExpressionException.Evaluation(
                $"The format specifiers '{specifiers}' are not valid for objects of type '{value.Kind}'");
    }

    private static ExpressionException Invalid(string format) =>
        ExpressionException.Evaluation($"The following format string is invalid: {format}");
}
