using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary><c>::debug::text</c>: shown when step debugging is on.</summary>
internal sealed class DebugCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "debug";

    /// <inheritdoc/>
    public bool IsEchoed => false;

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step) => step.Log.Debug(command.Data);
}
