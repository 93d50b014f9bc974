namespace Runner.Emulator.Console;

/// <summary>Shows a log line as GitHub's page would: markers become what they stand for.</summary>
internal static class LogLine
{
    /// <summary>The line to print, or <c>null</c> for one that is not shown.</summary>
    public static string? Show(string line, ConsoleStyle style) => line switch
    {
        _ when Marked(line, "##[group]") is { } title => "▸ " + title,
        _ when line.StartsWith("##[endgroup]", StringComparison.Ordinal) => null,
        _ when Marked(line, "##[error]") is { } error => style.Red("Error: " + error),
        _ when Marked(line, "##[warning]") is { } warning => style.Yellow("Warning: " + warning),
        _ when Marked(line, "##[notice]") is { } notice => "Notice: " + notice,
        _ when Marked(line, "##[debug]") is { } debug => style.Dim(debug),
        _ when Marked(line, "[command]") is { } command => command,
        _ => style.Plain(line),
    };

    /// <summary>A line of a log file without its time stamp.</summary>
    public static string WithoutTime(string line)
    {
        line = line.TrimStart('\uFEFF');
        return line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && end >= 20 && line[end - 1] == 'Z' && char.IsAsciiDigit(line[0])
            ? line[(end + 1)..]
            : line;
    }

    private static string? Marked(string line, string marker) =>
        line.StartsWith(marker, StringComparison.Ordinal) ? line[marker.Length..] : null;
}
