using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Runner.Cli.CommandLine;

/// <summary>Tells where a text stops being JSON, in one place and in words for whoever wrote it.</summary>
internal static class JsonProblem
{
    /// <summary><c>file:line:column: this is not JSON: …</c>, or that there is nothing in it.</summary>
    /// <param name="source">Name of the file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="error">What the reader says.</param>
    public static string Of(string source, string text, JsonException error)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{source}: this file is empty, expected JSON";
        }

        var (line, bytes) = ((int)(error.LineNumber ?? 0), (int)(error.BytePositionInLine ?? 0));
        var before = Encoding.UTF8.GetBytes(text.Split('\n').ElementAtOrDefault(line) ?? string.Empty).AsSpan();
        var column = Encoding.UTF8.GetString(before[..Math.Min(bytes, before.Length)]).Length;
        var own = text.Split('\n').ElementAtOrDefault(line) ?? string.Empty;
        while (column > 0 && column < own.Length && char.IsAsciiLetterOrDigit(own[column - 1]) && char.IsAsciiLetterOrDigit(own[column]))
        {
            column--; // the reader stops inside of a word
        }

        var rest = string.Join('\n', text.Split('\n').Skip(line)) is var lines && column < lines.Length ? lines[column..] : string.Empty;
        var found = rest.Trim().Length == 0 ? "it ends too early" : $"'{Word(rest)}' is not expected here";
        return string.Create(CultureInfo.InvariantCulture, $"{source}:{line + 1}:{column + 1}: this is not JSON: {found}");
    }

    private static string Word(string rest)
    {
        var word = string.Concat(rest.TakeWhile(char.IsAsciiLetterOrDigit).Take(20));
        return word.Length > 0 ? word : rest.EnumerateRunes().First() is var rune && Rune.IsControl(rune) ? string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}") : rune.ToString();
    }
}
