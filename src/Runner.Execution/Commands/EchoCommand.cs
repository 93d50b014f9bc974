using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary><c>::echo::on</c> and <c>off</c>: whether recognised commands are printed.</summary>
internal sealed class EchoCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "echo";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step) => step.IsEchoOn = command.Data.Trim().ToUpperInvariant() switch
    {
        "ON" => true,
        "OFF" => false,
        _ => throw new CommandException($"'{command.Data}' is no value of ::echo::. Expected: on or off"),
    };
}
