using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Settings;
using Runner.Cli.Watching;

namespace Runner.Cli.Commands;

/// <summary><c>runner [event]</c>: what act does. It is the program itself, not one of its commands.</summary>
internal static class RunCommand
{
    /// <summary>Adds the argument and the flags to the program.</summary>
    public static void AddTo(RootCommand root, CliSurroundings surroundings)
    {
        var (flags, foreign, reports) = (new RunFlags(), new ForeignFlags(), new ReportFlags());
        root.Arguments.Add(flags.Event);
        flags.Event.Validators.Add(argument => RefuseFlag(argument, root, "runner"));
        foreach (var option in flags.All.Concat(reports.All))
        {
            root.Options.Add(option);
        }

        foreach (var flag in foreign.All)
        {
            // The help is for what does something; docs/running-locally.md has the others.
            flag.Option.Hidden = true;
            root.Options.Add(flag.Option);
        }

        root.SetAction(async (result, cancellationToken) =>
        {
            foreach (var flag in foreign.All.Where(flag => result.GetResult(flag.Option) is { Implicit: false }))
            {
                await surroundings.Error.WriteLineAsync($"runner: {flag.Option.Name} has no effect: {flag.Why}");
            }

            return await ProgramReports.TryWriteAsync(result, reports, surroundings)
                ? ExitCodes.Success
                : await RunAsync(result, flags, surroundings, cancellationToken);
        });
    }

    /// <summary>Names of the program's commands, and of its switches that others have as commands, such as <c>--list</c>.</summary>
    internal static IReadOnlyList<string> NamesOf(ParseResult result)
    {
        var root = result.RootCommandResult.Command;
        return [.. root.Subcommands.Select(command => command.Name), .. root.Options.OfType<Option<bool>>().Where(option => !option.Hidden).Select(option => option.Name)];
    }

    /// <summary>Refuses what looks like a flag: one that is not known would else be taken for the event.</summary>
    internal static void RefuseFlag(ArgumentResult argument, Command command, string path)
    {
        if (argument.Tokens is [{ Value: ['-', ..] flag }])
        {
            argument.AddError(UsageErrors.UnknownFlag(flag, command, path));
        }
    }

    private static async Task<int> RunAsync(ParseResult result, RunFlags flags, CliSurroundings surroundings, CancellationToken cancellationToken)
    {
        if (result.GetValue(flags.Event) == "help" || (result.Tokens.Count == 0 && !Directory.Exists(Path.Combine(surroundings.WorkingFolder, RunFlags.DefaultWorkflows))))
        {
            return new HelpAction().Invoke(result);
        }

        var (settings, commands) = (RunSettingsReader.Read(result, flags, surroundings), NamesOf(result));
        return result.GetValue(flags.Watch)
            ? await WatchAsync(settings, commands, surroundings, cancellationToken)
            : await new CheckoutRun(settings, surroundings, commands).RunAsync(cancellationToken);
    }

    private static Task<int> WatchAsync(RunSettings settings, IReadOnlyList<string> commands, CliSurroundings surroundings, CancellationToken cancellationToken)
    {
        var asked = new Dictionary<string, string?>(StringComparer.Ordinal);
        var remembering = surroundings with { AskSecret = name => asked.TryGetValue(name, out var answer) ? answer : asked[name] = surroundings.AskSecret(name) };
        string?[] written =
        [
            .. surroundings.OutputFiles,
            .. new[] { settings.Services.ArtifactPath, settings.Services.CachePath, settings.Repositories.CachePath }
                .Select(path => path is null ? null : Path.GetFullPath(path, surroundings.WorkingFolder)),
        ];
        var watch = new CheckoutWatch(settings.Folder, [.. written.OfType<string>()], TimeProvider.System);
        return new WatchedRuns(watch, settings.Binds, surroundings)
            .RunAsync(() => new CheckoutRun(settings, remembering, commands).RunAsync(cancellationToken));
    }
}
