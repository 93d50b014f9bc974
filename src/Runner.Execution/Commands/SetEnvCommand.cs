using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary><c>::set-env name=x::value</c>: off, because any program that prints foreign text could set variables with it.</summary>
internal sealed class SetEnvCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "set-env";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        UnsecureCommands.Check(step, Name, "GITHUB_ENV");
        step.SetEnvironment(command.RequiredProperty("name"), command.Data);
    }
}

/// <summary><c>::add-path::folder</c>: off, as <see cref="SetEnvCommand"/>.</summary>
internal sealed class AddPathCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "add-path";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        UnsecureCommands.Check(step, Name, "GITHUB_PATH");
        if (command.Data.Length == 0)
        {
            throw new CommandException("The folder is missing. Expected: ::add-path::{folder}");
        }

        step.AddPath(command.Data);
    }
}

/// <summary>The switch of the two.</summary>
internal static class UnsecureCommands
{
    private const string AllowVariable = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

    public static void Check(StepScope step, string command, string file)
    {
        if (!step.Allows(AllowVariable))
        {
            throw new CommandException(
                $"The `{command}` command is disabled. Write to the file ${file} instead, or set the environment variable `{AllowVariable}` to `true` "
                + "where no step prints text that others may write.");
        }
    }
}
