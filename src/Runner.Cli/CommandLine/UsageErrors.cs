using System.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.CommandLine;

/// <summary>Tells what is wrong with a command line, and what may have been meant.</summary>
internal static class UsageErrors
{
    /// <summary>Prints the mistakes, and where to read on.</summary>
    public static async Task WriteAsync(ParseResult result, TextWriter output)
    {
        var command = result.CommandResult.Command;
        var path = PathOf(result);
        var unknown = result.UnmatchedTokens.Select(token => Unknown(token, command, path)).ToList();
        foreach (var line in unknown.Count > 0 ? unknown : result.Errors.Select(error => $"runner: {error.Message}").Distinct())
        {
            await output.WriteLineAsync(line);
        }

        await output.WriteLineAsync($"Run '{path} --help' for what there is.");
    }

    /// <summary>Says that there is no such flag, and which one may have been meant.</summary>
    public static string UnknownFlag(string token, Command command, string path)
    {
        var flag = token.Split('=', 2)[0];
        var flags = command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name));
        return $"unknown flag '{flag}' of '{path}'{NearestName.Hint(flag, flags)}";
    }

    private static string Unknown(string token, Command command, string path)
    {
        if (token.StartsWith('-'))
        {
            return $"runner: {UnknownFlag(token, command, path)}";
        }

        return command.Subcommands.Count > 0
            ? $"runner: unknown command '{token}'{NearestName.Hint(token, command.Subcommands.Select(sub => sub.Name))}"
            : $"runner: '{path}' takes no further argument '{token}'";
    }

    private static string PathOf(ParseResult result)
    {
        var names = new Stack<string>();
        for (var command = result.CommandResult; command is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Push(command.Command is RootCommand ? "runner" : command.Command.Name);
        }

        return string.Join(' ', names);
    }
}
