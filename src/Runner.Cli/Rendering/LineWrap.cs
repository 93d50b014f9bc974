using System.Globalization;
using System.Text;

namespace Runner.Cli.Rendering;

/// <summary>Cuts lines for a terminal, so that what begins every line stands before each part, too. Colours take no room.</summary>
internal static class LineWrap
{
    private const int MinWidth = 20;

    // Scripts whose characters take two cells (Unicode, East Asian Width W and F), and emoji.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6),
        (0x1F300, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>The line in parts of at most so many cells; a width below 20 counts as 20.</summary>
    public static IEnumerable<string> Split(string line, int width)
    {
        var most = Math.Max(width, MinWidth);
        var part = new StringBuilder();
        var used = 0;
        for (var at = 0; at < line.Length;)
        {
            var length = Escape(line, at);
            if (length == 0)
            {
                Rune.DecodeFromUtf16(line.AsSpan(at), out var rune, out length);
                var cells = Cells(rune);
                if (used + cells > most)
                {
                    yield return part.ToString();
                    part.Clear();
                    used = 0;
                }

                used += cells;
            }

            part.Append(line, at, length);
            at += length;
        }

        yield return part.ToString();
    }

    // Length of a control sequence (ECMA-48: ESC [ … final byte from @ to ~) that begins here, or 0.
    private static int Escape(string line, int at)
    {
        if (line[at] != '\u001b' || at + 1 >= line.Length || line[at + 1] != '[')
        {
            return 0;
        }

        var end = at + 2;
        while (end < line.Length && line[end] is < '@' or > '~')
        {
            end++;
        }

        return Math.Min(end + 1, line.Length) - at;
    }

    private static int Cells(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control => 0,
        _ => Array.Exists(Wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1,
    };
}
