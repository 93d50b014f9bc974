using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary><c>::group::title</c>: what follows can be folded.</summary>
internal sealed class GroupCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "group";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step) => step.Log.Write($"##[group]{command.Data}");
}

/// <summary><c>::endgroup::</c>.</summary>
internal sealed class EndGroupCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "endgroup";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step) => step.Log.Write($"##[endgroup]{command.Data}");
}
