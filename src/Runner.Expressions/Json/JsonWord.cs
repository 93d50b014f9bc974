using System.Buffers;
using System.Globalization;
using Runner.Expressions.Values;

namespace Runner.Expressions.Json;

/// <summary>The values that JSON writes without quotes or brackets: keywords and numbers.</summary>
internal static class JsonWord
{
    private const NumberStyles DecimalStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789abcdefABCDEFxX+-.");
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Takes the keyword or number that begins here.</summary>
    /// <exception cref="ExpressionException">None begins here.</exception>
    public static Value Take(JsonScanner scanner) => scanner.PeekContent() switch
    {
        't' => TakeKeyword(scanner, "true", BooleanValue.True, "boolean"),
        'f' => TakeKeyword(scanner, "false", BooleanValue.False, "boolean"),
        'n' when scanner.IsNext("nu") => TakeKeyword(scanner, "null", NullValue.Instance, "null"),
        'u' => TakeKeyword(scanner, "undefined", StringValue.Empty, "undefined"),
        'N' => TakeKeyword(scanner, "NaN", new NumberValue(double.NaN), "NaN"),
        'I' => TakeKeyword(scanner, "Infinity", new NumberValue(double.PositiveInfinity), "Infinity"),
        '-' when scanner.IsNext("-I") => TakeKeyword(scanner, "-Infinity", new NumberValue(double.NegativeInfinity), "-Infinity"),
        '-' or '.' or (>= '0' and <= '9') => TakeNumber(scanner),
        { } other => throw scanner.Error($"Unexpected character encountered while parsing value: {other}."),
        null => throw scanner.Error("Unexpected end when reading JSON."),
    };

    private static Value TakeKeyword(JsonScanner scanner, string keyword, Value value, string name)
    {
        var common = scanner.TakeCommonPrefix(keyword);
        if (common < keyword.Length)
        {
            throw scanner.Error(scanner.IsAtEnd ? "Unexpected end when reading JSON." : $"Error parsing {name} value.");
        }

        return scanner.IsAtBoundary ? value : throw scanner.Error($"Error parsing {name} value.");
    }

    private static NumberValue TakeNumber(JsonScanner scanner)
    {
        var text = scanner.PeekAll(NumberCharacters);
        if (!scanner.IsBoundary(text.Length))
        {
            throw scanner.Error($"Unexpected character encountered while parsing number: {scanner.CharacterAt(text.Length)}.", text.Length);
        }

        scanner.Take(text.Length);
        return ToNumber(text) is { } number
            ? new(number)
            : throw scanner.Error($"Input string '{text}' is not a valid number.");
    }

    private static double? ToNumber(ReadOnlySpan<char> text)
    {
        // A leading zero makes a number octal, as in old JavaScript, unless it is the zero of 0.5 or 0e1.
        if (text.Length > 1 && text[0] == '0' && text[1] is not ('.' or 'e' or 'E'))
        {
            return text[1] is 'x' or 'X'
                ? long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null
                : ToOctal(text[1..]);
        }

        return text.ContainsAny(Digits) && double.TryParse(text, DecimalStyle, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static double? ToOctal(ReadOnlySpan<char> digits)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value >= long.MaxValue / 8)
            {
                return null;
            }

            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
