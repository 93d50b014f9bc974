using System.Text.RegularExpressions;

namespace Runner.Emulator.Console;

/// <summary>Colours that programs put into their own output.</summary>
public static partial class TerminalColors
{
    /// <summary>A line without the sequences that set colours and styles (SGR of ECMA-48), for whoever does not read it on a terminal.</summary>
    public static string Strip(string line) => line.Contains('\u001b', StringComparison.Ordinal) ? Sequence().Replace(line, string.Empty) : line;

    [GeneratedRegex("\u001b\\[[0-9;:]*m", RegexOptions.CultureInvariant)]
    private static partial Regex Sequence();
}
