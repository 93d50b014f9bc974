using System.Globalization;
using System.Text;

namespace Runner.Emulator.Console;

/// <summary>Texts in the cells of a terminal: how many they take, and such parts of them as fit.</summary>
public static class ShownText
{
    // Scripts whose characters take two cells (Unicode, East Asian Width W and F), and emoji.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6),
        (0x1F300, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>A name on one line: what would move the cursor, colour what follows or break the line is a blank.</summary>
    public static string Name(string name) => name.Any(IsControl) ? string.Concat(name.Select(c => IsControl(c) ? ' ' : c)) : name;

    /// <summary>Cells that a text without colours takes.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Cells);

    /// <summary>A text of at most so many cells, cut in its middle: the ends of names tell matrix legs apart.</summary>
    public static string Fit(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        // What belongs together, such as an emoji of several parts, stays or goes as one.
        string[] parts = [.. Elements(text)];
        var first = Taken(parts, (width - 1) / 2);
        var last = Taken(parts.Reverse(), width - 1 - Width(first));
        return $"{first}…{string.Concat(Elements(last).Reverse())}";
    }

    /// <summary>A text with blanks behind it up to so many cells.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>Cells that a character takes.</summary>
    public static int Cells(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control => 0,
        _ => Array.Exists(Wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1,
    };

    private static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    private static string Taken(IEnumerable<string> parts, int width)
    {
        var taken = new StringBuilder();
        foreach (var part in parts)
        {
            width -= Width(part);
            if (width < 0)
            {
                break;
            }

            taken.Append(part);
        }

        return taken.ToString();
    }

    private static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }
}
