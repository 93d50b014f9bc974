using System.Buffers;
using System.Globalization;

namespace Runner.Expressions.Values;

/// <summary>Numbers as the language reads and writes them (<c>expressions.md</c> sections 1.1 and 3).</summary>
internal static class NumberText
{
    private const NumberStyles DecimalStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<char> DecimalCharacters = SearchValues.Create("0123456789+-.eE");

    /// <summary>Reads a number.</summary>
    /// <returns>NaN where the text is none; 0 where it is blank.</returns>
    public static double Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return text switch
        {
            [] => 0,
            ['0', 'x', .. var digits] => ParseInteger(digits, bitsPerDigit: 4),
            ['0', 'o', .. var digits] => ParseInteger(digits, bitsPerDigit: 3),
            "Infinity" or "+Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => ParseDecimal(text),
        };
    }

    /// <summary>Writes a number with up to 15 digits, whatever the culture.</summary>
    public static string Format(double number) =>
        number == 0
            ? "0" // .NET writes the negative zero as -0
            : number.ToString("G15", CultureInfo.InvariantCulture);

    private static double ParseDecimal(ReadOnlySpan<char> text)
    {
        // .NET also takes its own spellings of infinity and NaN.
        return !text.ContainsAnyExcept(DecimalCharacters) && double.TryParse(text, DecimalStyle, CultureInfo.InvariantCulture, out var number)
            ? number
            : double.NaN;
    }

    /// <summary>Hexadecimal and octal digits make a signed 32-bit integer; what does not fit is no number.</summary>
    private static double ParseInteger(ReadOnlySpan<char> digits, int bitsPerDigit)
    {
        if (digits.IsEmpty || (bitsPerDigit == 4 && digits.Length > 8))
        {
            return double.NaN;
        }

        var bits = 0UL;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return double.NaN;
            }

            var value = char.IsAsciiDigit(digit) ? (uint)(digit - '0') : (uint)((digit | 0x20) - 'a' + 10);
            bits = (bits << bitsPerDigit) | value;
            if (value >> bitsPerDigit != 0 || bits > uint.MaxValue)
            {
                return double.NaN;
            }
        }

        return unchecked((int)(uint)bits);
    }
}
