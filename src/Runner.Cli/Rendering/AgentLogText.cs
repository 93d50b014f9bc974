using System.Text.RegularExpressions;

namespace Runner.Cli.Rendering;

/// <summary>Lines of a job's log on a terminal: the time of day, GitHub's marks as form and colour, and nothing that a terminal would obey but colours.</summary>
internal sealed partial class AgentLogText(Colors colors)
{
    private readonly LogLineText _text = new(colors, isVerbose: true);

    /// <summary>The line as it is shown, or <c>null</c>: it is not.</summary>
    public string? Of(string line)
    {
        var stamp = Stamp().Match(line);
        return _text.Of(Clean(line[stamp.Length..])) is { } text
            ? stamp.Success ? $"{colors.Dim(stamp.Groups["time"].Value)} {text}" : text
            : null;
    }

    /// <summary>A text without what a terminal obeys, but for colours and styles.</summary>
    internal static string Clean(string text) =>
        text.Any(letter => char.IsControl(letter) && letter != '\t') ? Obeyed().Replace(text, match => match.Groups["style"].Success ? match.Value : string.Empty) : text;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT(?<time>\d\d:\d\d:\d\d)\.\d+Z ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Stamp();

    // Sequences of ECMA-48 (CSI, of which those that end in m are styles), strings to the terminal (OSC and its like), and single controls.
    [GeneratedRegex(
        "(?<style>\u001b\\[[0-9;:]*m)|\u001b\\[[0-?]*[ -/]*[@-~]?|\u001b[\\]PX^_][^\u0007\u001b]*(\u0007|\u001b\\\\)?|\u001b.?|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Obeyed();
}
