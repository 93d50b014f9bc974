using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary>Reads <c>--on-failure</c>.</summary>
internal static partial class OnFailure
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);

    /// <summary>For how long a job is held; <c>null</c>: not at all.</summary>
    /// <exception cref="UsageException">It is neither <c>hold</c> nor <c>hold=TIME</c>.</exception>
    public static TimeSpan? Read(string flag, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (Form().Match(text) is not { Success: true } match)
        {
            throw new UsageException($"{flag}: '{text}' is neither hold nor hold=TIME, such as hold=30m");
        }

        if (!match.Groups["number"].Success)
        {
            return Usual;
        }

        var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(number),
            "h" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromMinutes(number),
        };
    }

    [GeneratedRegex("^hold(=(?<number>[1-9][0-9]{0,4})(?<unit>[smh]))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
