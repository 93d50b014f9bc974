using System.CommandLine;
using System.Text.RegularExpressions;
using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Settings;

namespace Runner.Cli.Commands;

/// <summary><c>runner config</c>: the settings, where they come from, what is wrong with them.</summary>
internal static partial class ConfigCommands
{
    public static Command Build(CliSurroundings surroundings) => new("config", "Show and check the settings.")
    {
        BuildShow(surroundings), BuildValidate(surroundings), BuildSchema(surroundings),
    };

    private static Command BuildShow(CliSurroundings surroundings)
    {
        var (flags, origin) = (new RunFlags(), RunFlags.Switch("--origin", "Say where each value comes from."));
        var command = new Command("show", "Print the settings as they count. Secrets are hidden.") { origin };
        AddSettings(command, flags);
        command.SetAction(result =>
        {
            var files = SettingsFiles.Read(surroundings, result.GetValue(flags.Config));
            var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, SettingFlags.Read(result, flags));
            if (reading.Problems.Count > 0)
            {
                return Write(surroundings, reading.Problems);
            }

            var lines = ConfigListing.Of(reading).Select(line => ($"{line.Path}: {line.Value}", line.Origin?.ToString() ?? "default")).Concat(Flags(files)).ToList();
            var width = lines.Max(line => line.Item1.Length);
            foreach (var (text, from) in lines)
            {
                surroundings.Out.WriteLine(result.GetValue(origin) ? $"{text.PadRight(Math.Min(width, 60))}  # {from}" : text);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command BuildValidate(CliSurroundings surroundings)
    {
        var flags = new RunFlags();
        var agent = RunFlags.Switch("--agent", "Check what only the agent needs, too. Default: where 'github' or 'pools' is written.");
        var command = new Command("validate", "Print every mistake with its file, line and column.") { agent };
        AddSettings(command, flags);
        command.SetAction(result =>
        {
            var files = SettingsFiles.Read(surroundings, result.GetValue(flags.Config));
            var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, SettingFlags.Read(result, flags));
            if (result.GetValue(agent) || reading.Root.Find("github") is not null || reading.Root.Find("pools") is not null)
            {
                reading = AgentConfiguration.Check(files.Yaml.LastOrDefault()?.Name ?? "settings", reading);
            }

            surroundings.Warn(reading.Warnings);
            return Write(surroundings, [.. files.Flags.SelectMany(file => FlagFile.Check(file.Name, file.Lines, result.RootCommandResult.Command)), .. reading.Problems]);
        });
        return command;
    }

    private static Command BuildSchema(CliSurroundings surroundings)
    {
        var command = new Command("schema", "Print a JSON schema of the settings, for editors.");
        command.SetAction(_ => surroundings.Out.Write(ConfigSchema.Text()));
        return command;
    }

    private static void AddSettings(Command command, RunFlags flags)
    {
        command.Options.Add(flags.Config);
        command.Options.Add(flags.Platforms);
        foreach (var (option, _) in SettingFlags.Of(flags))
        {
            command.Options.Add(option);
        }
    }

    private static IEnumerable<(string, string)> Flags(SettingsFiles files) =>
        from file in files.Flags
        from line in file.Lines
        select (Hidden(string.Join(' ', line.Arguments)), $"{file.Name}:{line.Line}");

    // A flag takes its value behind a blank, behind "=", or, where it is one letter, at once. A name without a value tells nothing.
    private static string Hidden(string line) =>
        SecretFlag().Match(line) is { Success: true } secret ? $"{secret.Groups["flag"].Value} {secret.Groups["name"].Value}=***"
        : TokenFlag().Match(line) is { Success: true } token ? $"{token.Groups["flag"].Value} ***"
        : line;

    [GeneratedRegex(@"^(?<flag>-s|--secret(?=[=\s]))[=\s]?(?<name>[^=]*)=", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex SecretFlag();

    [GeneratedRegex(@"^(?<flag>--replace-ghe-action-token-with-github-com)[=\s]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex TokenFlag();

    private static int Write(CliSurroundings surroundings, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            surroundings.Error.WriteLine(problem);
        }

        if (problems.Count == 0)
        {
            surroundings.Out.WriteLine("The settings are right.");
        }

        return problems.Count == 0 ? ExitCodes.Success : ExitCodes.Configuration;
    }
}
