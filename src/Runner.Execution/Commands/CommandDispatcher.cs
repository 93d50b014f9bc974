using System.Text;
using Runner.Execution.Scopes;
using Runner.Jobs.Errors;

namespace Runner.Execution.Commands;

/// <summary>Finds workflow commands in one step's output and has them carried out.</summary>
internal sealed class CommandDispatcher(StepScope step)
{
    private static readonly Dictionary<string, IWorkflowCommand> Commands = new IWorkflowCommand[]
    {
        new SetOutputCommand(),
        new SaveStateCommand(),
        new SetEnvCommand(),
        new AddPathCommand(),
        new AddMaskCommand(),
        new DebugCommand(),
        new NoticeCommand(),
        new WarningCommand(),
        new ErrorCommand(),
        new GroupCommand(),
        new EndGroupCommand(),
        new EchoCommand(),
        new AddMatcherCommand(),
        new RemoveMatcherCommand(),
    }.ToDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

    private string? _stopToken;

    /// <summary>Carries out the command that a line holds. False: there is none, and the line is to be printed as it is.</summary>
    public bool TryHandle(ReadOnlySpan<byte> line) =>
        CommandParser.MayHoldCommand(line)
        && CommandParser.TryParse(Encoding.UTF8.GetString(line), IsKnown, out var command)
        && Handle(command);

    private static bool IsCommandName(string name) =>
        Commands.ContainsKey(name) || name.Equals(StopToken.CommandName, StringComparison.OrdinalIgnoreCase);

    private bool IsKnown(string name) => IsCommandName(name) || name.Equals(_stopToken, StringComparison.OrdinalIgnoreCase);

    private bool Handle(WorkflowCommand command)
    {
        if (_stopToken is not null)
        {
            return TryResume(command);
        }

        try
        {
            if (command.Name.Equals(StopToken.CommandName, StringComparison.OrdinalIgnoreCase))
            {
                Stop(command);
            }
            else
            {
                Run(command, Commands[command.Name]);
            }
        }
        catch (Exception error) when (error is CommandException or WorkflowException)
        {
            step.Log.Error($"Unable to process command '{command.Line.Trim()}' successfully.");
            step.Log.Error(error.Message);
            step.FailByCommand();
        }

        return true;
    }

    private bool TryResume(WorkflowCommand command)
    {
        if (!command.Name.Equals(_stopToken, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        step.Log.Write(command.Line);
        _stopToken = null;
        return true;
    }

    private void Stop(WorkflowCommand command)
    {
        var token = command.Data;
        if (!StopToken.IsAcceptable(token, IsCommandName) && !step.Allows(StopToken.AllowUnsecureVariable))
        {
            throw new CommandException(
                $"'{token}' is no token to stop commands with: it must not be empty or the name of a command. Use a random one, for example a GUID.");
        }

        _stopToken = token;
        if (StopToken.IsMasked(token))
        {
            step.Job.Masker.Add(token);
        }

        step.Log.Write(command.Line);
    }

    private void Run(WorkflowCommand command, IWorkflowCommand handler)
    {
        if (handler.IsEchoed && step.IsEchoOn)
        {
            step.Log.Write(command.Line);
        }

        handler.Run(command, step);
    }
}
