using Runner.Execution.Scopes;
using Runner.Jobs.Messages;

namespace Runner.Execution.Commands;

/// <summary><c>::set-output name=x::value</c>, the old form of <c>GITHUB_OUTPUT</c>.</summary>
internal sealed class SetOutputCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "set-output";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        var name = command.RequiredProperty("name");
        Deprecation.Warn(step, Name, "GITHUB_OUTPUT");
        step.SetOutput(name, command.Data);
    }
}

/// <summary><c>::save-state name=x::value</c>, the old form of <c>GITHUB_STATE</c>.</summary>
internal sealed class SaveStateCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "save-state";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        var name = command.RequiredProperty("name");
        Deprecation.Warn(step, Name, "GITHUB_STATE");
        step.SaveState(name, command.Data);
    }
}

/// <summary>The warning that GitHub may switch on for the two.</summary>
internal static class Deprecation
{
    public static void Warn(StepScope step, string command, string file)
    {
        if (step.Job.Message.IsFeatureOn(JobVariables.DeprecateStepOutputCommands))
        {
            step.Log.Warning($"The `{command}` command is deprecated and will be disabled. Write to the file ${file} instead.");
        }
    }
}
