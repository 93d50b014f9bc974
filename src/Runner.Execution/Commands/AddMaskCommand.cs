using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary><c>::add-mask::text</c>: the text and each of its lines are masked from now on.</summary>
internal sealed class AddMaskCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "add-mask";

    /// <inheritdoc/>
    public bool IsEchoed => false;

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        if (string.IsNullOrWhiteSpace(command.Data))
        {
            step.Log.Warning("::add-mask:: came with an empty value: there is nothing to mask.");
            return;
        }

        step.Job.Masker.Add(command.Data);
        if (step.IsEchoOn)
        {
            step.Log.Write("::add-mask::***");
        }
    }
}
