using System.CommandLine;
using System.Text.RegularExpressions;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Settings;

/// <summary>One line of an <c>.actrc</c>: a flag and its value.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Arguments">As a command line has them: the flag, and its value if there is one.</param>
internal sealed record FlagLine(int Line, string[] Arguments)
{
    /// <summary>Whether a command has the flag.</summary>
    public bool IsOf(Command command)
    {
        var name = Arguments[0].Split('=', 2)[0];
        return command.Options.Any(option => option.Name == name || option.Aliases.Contains(name));
    }
}

/// <summary>
/// Files in act's own format: one flag and its value a line, <c>#</c> for remarks, <c>$NAME</c> and <c>${NAME}</c> for environment variables.
/// </summary>
internal static partial class FlagFile
{
    /// <summary>Whether a text is in that format: its first line that is no remark begins with <c>-</c>.</summary>
    public static bool IsOne(string text) => Lines(text).FirstOrDefault().Text?.StartsWith('-') == true;

    /// <summary>The flags of a file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="surroundings">Gives the environment variables.</param>
    public static IEnumerable<FlagLine> Read(string text, CliSurroundings surroundings)
    {
        foreach (var (number, line) in Lines(text))
        {
            var expanded = Variable().Replace(line, match => surroundings.Variable(match.Groups["name"].Value) ?? string.Empty);
            yield return new FlagLine(number, expanded.Split((char[]?)null, 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>What is wrong with the flags of a file, each with its line.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="lines">Its flags.</param>
    /// <param name="root">The command that they are flags of.</param>
    public static IEnumerable<string> Check(string name, IEnumerable<FlagLine> lines, Command root)
    {
        return from line in lines
               from problem in Problems(line)
               select $"{name}:{line.Line}:1: {problem}";

        IEnumerable<string> Problems(FlagLine line) => line.Arguments[0].StartsWith('-')
            ? root.Parse(line.Arguments).Errors.Select(error => error.Message)
            : [$"expected a flag such as '--verbose' or '-P ubuntu-latest=debian:12', found '{string.Join(' ', line.Arguments)}'"];
    }

    private static IEnumerable<(int Number, string Text)> Lines(string text) => text
        .ReplaceLineEndings("\n").Split('\n')
        .Select((line, index) => (index + 1, line.Trim()))
        .Where(line => line.Item2.Length > 0 && line.Item2[0] != '#');

    [GeneratedRegex(@"\$(\{(?<name>\w+)\}|(?<name>\w+))", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
