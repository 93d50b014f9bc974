using Runner.Execution.Steps;

namespace Runner.Execution.Commands;

/// <summary><c>::add-matcher::file</c>: problem matchers are not part of this version, and the log says so.</summary>
internal sealed class AddMatcherCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "add-matcher";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step) =>
        step.Log.Warning($"Problem matchers are not supported by this version of the runner: '{command.Data}' is not used, and no annotations come from it.");
}

/// <summary><c>::remove-matcher owner=x::</c>: there is none to remove.</summary>
internal sealed class RemoveMatcherCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "remove-matcher";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step) =>
        step.Log.Debug($"No problem matcher '{command.Property("owner") ?? command.Data}' to remove");
}
