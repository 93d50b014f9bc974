namespace Runner.Cli.Rendering;

/// <summary>Lines of a step's log as people read them: GitHub's marks (<c>##[group]</c>, <c>##[error]</c>, …) become form and colour.</summary>
/// <param name="colors">Colours, or none.</param>
/// <param name="isVerbose">Whether debug lines and the headers of steps are shown.</param>
internal sealed class LogLineText(Colors colors, bool isVerbose)
{
    private bool _isInGroup;
    private bool _mayBeHeader;
    private bool _isInHeader;

    /// <summary>A step begins: a group that is its first line is its header, which says what its author wrote.</summary>
    public void BeginStep() => _mayBeHeader = !isVerbose;

    /// <summary>The line as it is shown, or <c>null</c>: it is not.</summary>
    public string? Of(string line)
    {
        line = colors.Plain(line);
        var (mark, text) = Split(line);
        if (mark != "debug")
        {
            _isInHeader |= _mayBeHeader && mark == "group";
            _mayBeHeader = false;
        }

        if (_isInHeader)
        {
            _isInHeader = mark != "endgroup";
            return null;
        }

        switch (mark)
        {
            case "group":
                _isInGroup = true;
                return $"{colors.Dim("▾")} {colors.Bold(text)}";
            case "endgroup":
                _isInGroup = false;
                return null;
            case "error":
                return Indented(colors.Red($"error: {text}"));
            case "warning":
                return Indented(colors.Yellow($"warning: {text}"));
            case "notice":
                return Indented(colors.Cyan($"notice: {text}"));
            case "debug":
                return isVerbose ? Indented(colors.Dim($"debug: {text}")) : null;
            case "command":
                return Indented(colors.Cyan(text));
            case "section":
                return Indented(colors.Bold(text));
            default:
                return Indented(line);
        }
    }

    /// <summary>Whether a line is an error, a warning or a notice.</summary>
    public static bool IsAnnotation(string line) => Split(line).Mark is "error" or "warning" or "notice";

    private string Indented(string text) => _isInGroup ? $"  {text}" : text;

    private static (string? Mark, string Text) Split(string line)
    {
        if (!line.StartsWith("##[", StringComparison.Ordinal) || line.IndexOf(']', StringComparison.Ordinal) is not (> 3 and var end))
        {
            return (null, line);
        }

        return (line[3..end], line[(end + 1)..]);
    }
}
