using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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
        foreach (var line in unknown.Count > 0 ? unknown : result.Errors.Select(error => $"runner: {Text(error)}").Distinct())
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

    // What the library says of a value of a wrong type names types of .NET.
    private static string Text(ParseError error)
    {
        var (name, type, token) = error.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType, option.Tokens is [.., var ofOption] ? ofOption : null),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType, argument.Tokens is [.., var ofArgument] ? ofArgument : null),
            _ => (string.Empty, typeof(string), null),
        };
        return token is { Value: var value } && Expected(Nullable.GetUnderlyingType(type) ?? type, value) is { } expected
            ? $"{name}: '{value}' was found, expected {expected}"
            : error.Message;
    }

    // Null: it is of the type.
    private static string? Expected(Type type, string value) => type switch
    {
        _ when type == typeof(int) => int.TryParse(value, CultureInfo.InvariantCulture, out _) ? null : $"a whole number of at most {int.MaxValue}",
        _ when type == typeof(long) => long.TryParse(value, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        _ when type == typeof(bool) => bool.TryParse(value, out _) ? null : "true or false",
        { IsEnum: true } => Enum.TryParse(type, value, ignoreCase: true, out _) ? null : $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ => null,
    };

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
