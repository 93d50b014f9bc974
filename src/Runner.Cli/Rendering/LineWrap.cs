using System.Text;
using Runner.Emulator.Console;

namespace Runner.Cli.Rendering;

/// <summary>Cuts lines for a terminal, so that what begins every line stands before each part, too. Colours take no room.</summary>
internal static class LineWrap
{
    private const int MinWidth = 20;

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
                var cells = ShownText.Cells(rune);
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
}
