using System.CommandLine;
using System.CommandLine.Parsing;
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
        var unknown = result.UnmatchedTokens.Select(token => Unknown(token, result, path)).Distinct().ToList();
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

    private static string Unknown(string token, ParseResult result, string path)
    {
        var command = result.CommandResult.Command;
        if (token.StartsWith('-'))
        {
            return $"runner: {UnknownFlag(token, command, path)}";
        }

        var names = command.Subcommands.Select(sub => sub.Name).ToList();
        if (names.Count == 0)
        {
            return $"runner: '{path}' takes no further argument '{token}'";
        }

        // The program itself takes its first word for an event.
        if (result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).FirstOrDefault() is { Value: var first })
        {
            return NearestName.Find(first, names) is { } meant
                ? $"runner: unknown command '{first}'; did you mean '{meant}'?"
                : $"runner: '{first}' is taken for an event, and an event takes no further argument '{token}'";
        }

        return $"runner: unknown command '{token}'{NearestName.Hint(token, names)}";
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
