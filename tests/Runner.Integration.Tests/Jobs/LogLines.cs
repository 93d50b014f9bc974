using System.Globalization;
using System.Text.RegularExpressions;

namespace Runner.Integration.Tests.Jobs;

/// <summary>Reads uploaded logs.</summary>
internal static partial class LogLines
{
    /// <summary>The numbers of the lines <c>line N</c>, in the order of the log. Each line must have its time stamp.</summary>
    public static IReadOnlyList<int> Numbers(string? log) =>
        [.. NumberedLine().Matches(log ?? string.Empty).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z line (\d+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex NumberedLine();
}
