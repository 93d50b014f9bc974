using System.CommandLine;
using System.CommandLine.Help;
using Runner.Cli.Commands;
using Runner.Jobs.Errors;

namespace Runner.Cli.CommandLine;

/// <summary>The command line: its commands, and what happens to mistakes.</summary>
internal static class RunnerCommandLine
{
    /// <summary>Runs the command that the arguments name; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliSurroundings surroundings)
    {
        var result = Build(surroundings).Parse(args);
        if (result.Errors.Count > 0)
        {
            await UsageErrors.TellAsync(result, surroundings.Error);
            return ExitCodes.Usage;
        }

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
            return await result.InvokeAsync(invocation, CancellationToken.None);
        }
        catch (UsageException error)
        {
            await surroundings.Error.WriteLineAsync($"runner: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (OperatorException error)
        {
            foreach (var problem in error.Problems)
            {
                await surroundings.Error.WriteLineAsync($"runner: {problem}");
            }

            return ExitCodes.Configuration;
        }
        catch (WorkflowException error)
        {
            await surroundings.Error.WriteLineAsync(error.Message);
            return ExitCodes.Usage;
        }
        catch (InfrastructureException error)
        {
            await surroundings.Error.WriteLineAsync($"runner: {error.Message}");
            return ExitCodes.Unavailable;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>All commands.</summary>
    public static RootCommand Build(CliSurroundings surroundings)
    {
        var root = new RootCommand("Runs GitHub Actions workflows: here (runner [event], with act's flags), and as a daemon that turns each job into one pod (runner agent).")
        {
            AgentCommand.Build(surroundings),
            EmulatorCommands.Build(surroundings),
            EvalCommand.Build(surroundings),
            ValidateCommand.Build(surroundings),
            CompletionCommand.Build(surroundings),
            VersionCommand.Build(surroundings),
        };
        RunCommand.AddTo(root, surroundings);
        ShowHelpWithoutCommand(root);
        return root;
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
