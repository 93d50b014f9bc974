using Runner.Jobs.Errors;
using Runner.Jobs.Messages;

namespace Runner.Execution.Steps;

/// <summary>A step of a kind that this version does not run: it fails and says so.</summary>
internal sealed class UnsupportedStep : IStepAction
{
    /// <inheritdoc/>
    public Task<bool> RunAsync(StepRun run, CancellationToken stop) => throw new WorkflowException(Explain(run.Step));

    private static string Explain(JobStep step) => step switch
    {
        { Type: StepType.BackgroundStepControl } =>
            $"'{step.ControlType}' steps are not supported: this version of the runner runs `run:` steps one after the other only",
        { Background: true } =>
            "background: true is not supported: this version of the runner runs `run:` steps one after the other only",
        _ => $"uses: {DisplayNames.OfReference(step.Reference)} is not supported: this version of the runner runs `run:` steps only",
    };
}
