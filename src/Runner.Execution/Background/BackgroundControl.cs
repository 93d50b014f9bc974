using System.Collections.Immutable;
using Runner.Execution.Reporting;
using Runner.Execution.Steps;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Background;

/// <summary>Runs the steps <c>wait</c>, <c>wait-all</c> and <c>cancel</c>; what they print is what GitHub's runner does.</summary>
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
                return await WaitAsync(
                    background.Find(step.StepIds), $"Waiting for background step(s) to complete: {NamesOf(step)}", "Finished waiting for background step(s).", log);
            case WaitAll or "waitall":
                return await WaitAllAsync(background.Remaining, log);
            case Cancel:
                await CancelAsync(background.Find(step.StepIds), $"Cancelling background step(s): {NamesOf(step)}", log);
                return Conclusion.Succeeded;
            default:
                log.Error($"'{step.ControlType}' is not known to this version of the runner. Expected one of {Wait}, {WaitAll}, {Cancel}");
                return Conclusion.Failed;
        }
    }

    private Task<Conclusion> WaitAllAsync(ImmutableArray<BackgroundStep> steps, StepLog log) => WaitAsync(
        steps,
        steps.IsEmpty
            ? "No background steps remaining to wait for."
            : $"Waiting for all background step(s) to complete: {string.Join(", ", steps.Select(found => found.Name))}",
        "Finished waiting for all background step(s).",
        log);

    private async Task<Conclusion> WaitAsync(ImmutableArray<BackgroundStep> steps, string beginning, string ending, StepLog log)
    {
        log.Write(beginning);
        var worst = await background.WaitAsync(steps);
        await WriteEndsAsync(steps, ending, log);
        return worst;
    }

    private async Task CancelAsync(ImmutableArray<BackgroundStep> steps, string beginning, StepLog log)
    {
        log.Write(beginning);
        await background.CancelAsync(steps);
        await WriteEndsAsync(steps, "Finished cancelling background step(s).", log);
    }

    // One that was not started in the background is told by its id.
    private string NamesOf(JobStep step) =>
        step.StepIds.Count == 0 ? "(none)" : string.Join(", ", step.StepIds.Select(id => background.Find([id]).FirstOrDefault()?.Name ?? id));

    // The results are GitHub's own words for them.
    private static async Task WriteEndsAsync(ImmutableArray<BackgroundStep> steps, string ending, StepLog log)
    {
        log.Write(ending);
        foreach (var step in steps)
        {
            log.Write($"  {step.Name}: {(await step.End).Conclusion}");
        }
    }
}
