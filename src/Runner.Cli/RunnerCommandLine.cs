using System.CommandLine;
using System.CommandLine.Help;
using Runner.Cli.CommandLine;
using Runner.Cli.Commands;
using Runner.Cli.Flags;
using Runner.Cli.Settings;

namespace Runner.Cli;

/// <summary>The command line: its commands, and what happens to mistakes.</summary>
internal static class RunnerCommandLine
{
    /// <summary>Runs the command that the arguments name; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliSurroundings surroundings)
    {
        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,

            // Each command that runs for long knows best what a signal means to it.
            ProcessTerminationTimeout = null,
        };
        try
        {
            var result = Parse(args, surroundings);
            if (result.Errors.Count > 0)
            {
                await UsageErrors.WriteAsync(result, surroundings.Error);
                return ExitCodes.Usage;
            }

            return await result.InvokeAsync(invocation, CancellationToken.None);
        }
        catch (Exception failure) when (CommandFailures.CodeOf(failure) is { } code)
        {
            await CommandFailures.WriteAsync(failure, surroundings.Error);
            return code;
        }
    }

    /// <summary>All commands.</summary>
    public static RootCommand Build(CliSurroundings surroundings)
    {
        var root = new RootCommand("Runs GitHub Actions workflows: here (runner [event], with act's flags), and as a daemon that turns each job into one pod (runner agent).")
        {
            AgentCommand.Build(surroundings),
            DoctorCommand.Build(surroundings),
            AgentViewCommands.BuildStatus(surroundings),
            AgentViewCommands.BuildJobs(surroundings),
            LogsCommand.Build(surroundings),
            AdviseCommand.Build(surroundings),
            ServicesCommand.Build(surroundings),
            EmulatorCommands.Build(surroundings),
            ExplainCommand.Build(surroundings),
            EvalCommand.Build(surroundings),
            PlanCommand.Build(surroundings),
            ValidateCommand.Build(surroundings),
            ConfigCommands.Build(surroundings),
            CleanupCommand.Build(surroundings),
            ScaleSetCommands.Build(surroundings),
            MigrateCommand.Build(surroundings),
            CompletionCommand.Build(surroundings),
            VersionCommand.Build(surroundings),
        };
        RunCommand.AddTo(root, surroundings);
        ShowHelpWithoutCommand(root);
        return root;
    }

    // What stands in an .actrc of act's own form counts as if it stood first on the command line of a run. A plan takes of it what it has
    // a flag for: the rest is how jobs are run.
    private static ParseResult Parse(string[] args, CliSurroundings surroundings)
    {
        var root = Build(surroundings);
        var result = root.Parse(args);
        var command = result.CommandResult.Command;
        foreach (var argument in command == root ? [] : root.Arguments)
        {
            argument.Hidden = true; // the program's own argument says nothing in the help of its commands
        }

        var isPlan = command.Name == PlanCommand.Name && args[0] == PlanCommand.Name;
        if (result.Errors.Count > 0 || result.Action != command.Action || (command != root && !isPlan))
        {
            return result;
        }

        var files = SettingsFiles.Read(surroundings, result.GetValue<string?>(RunFlags.ConfigName));
        if (files.Flags.SelectMany(file => FlagFile.Check(file.Name, file.Lines, root)).ToList() is { Count: > 0 } problems)
        {
            throw new UsageException(string.Join("\nrunner: ", problems));
        }

        var lines = files.Lines.Where(line => !isPlan || line.IsOf(command)).SelectMany(line => line.Arguments);
        return files.Flags.IsEmpty ? result
            : isPlan ? root.Parse([PlanCommand.Name, .. lines, .. args[1..]])
            : root.Parse([.. lines, .. args]);
    }

    // A command that only groups others shows what it has.
    private static void ShowHelpWithoutCommand(Command command)
    {
        if (command.Subcommands.Count > 0 && command.Action is null)
        {
            command.SetAction(result => new HelpAction().Invoke(result));
        }

        foreach (var sub in command.Subcommands)
        {
            ShowHelpWithoutCommand(sub);
        }
    }
}
