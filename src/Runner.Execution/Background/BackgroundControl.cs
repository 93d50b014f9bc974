using System.Collections.Immutable;
using Runner.Execution.Contexts;
using Runner.Execution.Steps;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Background;

/// <summary>Runs the steps <c>wait</c>, <c>wait-all</c> and <c>cancel</c>.</summary>
internal sealed class BackgroundControl(BackgroundSteps background, StepRunner runner)
{
    /// <summary>Waits for background steps, named ones or all.</summary>
    public const string Wait = "wait";

    /// <summary>Waits for all background steps that nobody waited for yet.</summary>
    public const string WaitAll = "wait-all";

    /// <summary>Stops background steps.</summary>
    public const string Cancel = "cancel";

    /// <summary>
    /// Runs one, if its condition holds. <c>continue-on-error</c> and <c>timeout-minutes</c> of such a step mean nothing to GitHub's runner: what fails is the
    /// background step, and its own <c>continue-on-error</c> decides what that means.
    /// </summary>
    public async Task<StepEnd> RunAsync(StepTask task)
    {
        var end = runner.TryBegin(task, out var run, out var early) ? StepEnd.Of(await RunAsync(task.Use.Step, task.Log), run.Scope.Outputs) : early;
        task.Level.Steps.Add(task.Use.Step.ContextName, end.Outputs, end.Outcome, end.Conclusion);
        return end;
    }

    private async Task<Conclusion> RunAsync(JobStep step, StepLog log)
    {
        switch (step.ControlType?.ToLowerInvariant())
        {
            case Wait:
                return await WaitAsync(background.Find(step.StepIds), step, log);
            case WaitAll or "waitall":
                return await WaitAsync(background.Remaining, step, log);
            case Cancel:
                await CancelAsync(background.Find(step.StepIds), step, log);
                return Conclusion.Succeeded;
            default:
                log.Error($"'{step.ControlType}' is not known to this version of the runner. Expected one of {Wait}, {WaitAll}, {Cancel}");
                return Conclusion.Failed;
        }
    }

    private async Task<Conclusion> WaitAsync(ImmutableArray<BackgroundStep> steps, JobStep step, StepLog log)
    {
        TellTargets("Waiting for", steps, step, log);
        var worst = await background.WaitAsync(steps);
        await TellEndsAsync(steps, log);
        return worst;
    }

    private async Task CancelAsync(ImmutableArray<BackgroundStep> steps, JobStep step, StepLog log)
    {
        TellTargets("Cancelling", steps, step, log);
        await background.CancelAsync(steps);
        await TellEndsAsync(steps, log);
    }

    private static void TellTargets(string what, ImmutableArray<BackgroundStep> steps, JobStep step, StepLog log)
    {
        foreach (var id in step.StepIds.Where(id => !steps.Any(found => id.Equals(found.Step.ContextName, StringComparison.OrdinalIgnoreCase))))
        {
            log.Write($"'{id}' was not started in the background");
        }

        log.Write(steps.IsEmpty ? "No step is left in the background" : $"{what}: {string.Join(", ", steps.Select(found => found.Name))}");
    }

    private static async Task TellEndsAsync(ImmutableArray<BackgroundStep> steps, StepLog log)
    {
        foreach (var step in steps)
        {
            log.Write($"{step.Name}: {StatusText.Of((await step.End).Conclusion)}");
        }
    }
}
