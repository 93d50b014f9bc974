using System.Globalization;

namespace Runner.Expressions.Json;

/// <summary>The values that JSON writes without quotes or brackets: keywords and numbers.</summary>
internal static class JsonWord
{
    /// <summary>Takes the next word and gives its value.</summary>
    /// <exception cref="ExpressionException">It is none that JSON knows.</exception>
    public static Value ToValue(JsonScanner scanner)
    {
        var word = scanner.PeekWord();
        Value? value = word switch
        {
            "null" or "undefined" => NullValue.Instance,
            "true" => BooleanValue.True,
            "false" => BooleanValue.False,
            "NaN" => new NumberValue(double.NaN),
            "Infinity" => new NumberValue(double.PositiveInfinity),
            "-Infinity" => new NumberValue(double.NegativeInfinity),
            _ => ToNumber(word) is { } number ? new NumberValue(number) : null,
        };
        if (value is null)
        {
            throw scanner.UnexpectedCharacter();
        }

        scanner.TakeWord();
        return value;
    }

    private static double? ToNumber(ReadOnlySpan<char> word)
    {
        var digits = word.TrimStart('-');
        if (word.Length - digits.Length > 1 || digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.'))
        {
            return null;
        }

        var sign = word[0] == '-' ? -1 : 1;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? sign * (double)hex : null;
        }

        // 010 is eight, as the reader of GitHub's runner has it.
        if (digits.Length > 1 && digits[0] == '0' && !digits.ContainsAnyExceptInRange('0', '9'))
        {
            return ToOctal(digits) is { } octal ? sign * octal : null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(word, Style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static double? ToOctal(ReadOnlySpan<char> digits)
    {
        var value = 0d;
        foreach (var digit in digits)
        {
            if (digit > '7')
            {
                return null;
            }

            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
