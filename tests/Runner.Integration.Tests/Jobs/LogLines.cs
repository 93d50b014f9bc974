using System.Globalization;
using System.Text.RegularExpressions;

namespace Runner.Integration.Tests.Jobs;

/// <summary>Reads uploaded logs.</summary>
internal static partial class LogLines
{
    // "2026-11-25T12:00:00.0000000Z "
    private const int StampLength = 29;

    /// <summary>The lines without their time stamps.</summary>
    public static IReadOnlyList<string> Texts(string? log) =>
        [.. (log ?? string.Empty).Split('\n').Select(line => line.Length >= StampLength ? line[StampLength..] : line)];

    /// <summary>The numbers of the lines <c>line N</c>, in the order of the log. Each line must have its time stamp.</summary>
    public static IReadOnlyList<int> Numbers(string? log) =>
        [.. NumberedLine().Matches(log ?? string.Empty).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z line (\d+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex NumberedLine();
}
