using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Yaml;

/// <summary>Which scalar a plain text stands for: the core schema of YAML 1.2 (section 10.3), with all numbers as 64-bit floats.</summary>
/// <remarks>Hexadecimal and octal numbers are signed 32-bit ones, as in GitHub's expressions; a longer one is invalid.</remarks>
internal static partial class CoreSchema
{
    public const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>Whether a tag of the schema (without its prefix) is one that a scalar can have.</summary>
    public static bool IsScalarTag(string type) => type is "null" or "bool" or "int" or "float" or "str";

    /// <summary>A plain scalar without a tag. False where it reads like a number that is out of range.</summary>
    public static bool TryResolve(string text, [NotNullWhen(true)] out ScalarToken? token)
    {
        if (TryRead("null", text, out token) || TryRead("bool", text, out token) || TryRead("int", text, out token))
        {
            return true;
        }

        if (ReadsAsInteger(text))
        {
            return false;
        }

        token = TryRead("float", text, out var number) ? number : new StringToken(text);
        return true;
    }

    /// <summary>A scalar of a given type of the schema. False where the text is no value of the type.</summary>
    public static bool TryRead(string type, string text, [NotNullWhen(true)] out ScalarToken? token)
    {
        token = (type, text) switch
        {
            ("str", _) => new StringToken(text),
            ("null", "" or "null" or "Null" or "NULL" or "~") => new NullToken(),
            ("bool", "true" or "True" or "TRUE") => new BooleanToken(true),
            ("bool", "false" or "False" or "FALSE") => new BooleanToken(false),
            ("int", _) when ReadInteger(text) is { } integer => new NumberToken(integer),
            ("float", _) when ReadFloat(text) is { } number => new NumberToken(number),
            _ => null,
        };
        return token is not null;
    }

    private static bool ReadsAsInteger(string text) => HexadecimalPattern().IsMatch(text) || OctalPattern().IsMatch(text);

    private static double? ReadInteger(string text)
    {
        if (DecimalPattern().IsMatch(text))
        {
            return double.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        if (HexadecimalPattern().IsMatch(text))
        {
            return ReadDigits(text, 16);
        }

        return OctalPattern().IsMatch(text) ? ReadDigits(text, 8) : null;
    }

    private static double? ReadDigits(string text, uint radix)
    {
        ulong value = 0;
        foreach (var digit in text.AsSpan(2))
        {
            value = (value * radix) + (uint)Convert.ToInt32(digit.ToString(), 16);
            if (value > uint.MaxValue)
            {
                return null;
            }
        }

        return (int)(uint)value;
    }

    private static double? ReadFloat(string text) => text switch
    {
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        _ when FloatPattern().IsMatch(text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => null,
    };

    [GeneratedRegex(@"\A[-+]?[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalPattern();

    [GeneratedRegex(@"\A0x[0-9a-fA-F]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexadecimalPattern();

    [GeneratedRegex(@"\A0o[0-7]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex OctalPattern();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex FloatPattern();
}
