using System.Collections.Immutable;
using Runner.Execution.Background;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Jobs;

/// <summary>Runs the steps of a job that is set up: those before, its own, those after (<c>worker-semantics.md</c> section 1).</summary>
internal sealed class JobSteps(JobScope job, JobProgress progress, StepRunner runner, StepLevel level, PostSteps posts, BackgroundSteps background)
{
    private readonly BackgroundControl _control = new(background, runner);
    private readonly List<StepReport> _reports = [];

    /// <summary>Runs them all.</summary>
    /// <returns>The records in the order in which they ran.</returns>
    public async Task<ImmutableArray<StepReport>> RunAsync(ImmutableArray<PlannedStep> steps)
    {
        // A cancel during the set-up ends the job: not even always() counts then.
        var isEnded = progress.Result != Conclusion.Succeeded;
        foreach (var step in steps)
        {
            await RunOrSkipAsync(step, isEnded);
        }

        // Every step in the background has ended before the posts: also one that no wait step was planned for, or whose wait step was not run.
        level.TakeIn(await background.WaitAsync(background.Remaining));
        while (posts.Take() is { } post)
        {
            await RunOrSkipAsync(post, isEnded);
        }

        return [.. _reports];
    }

    private async Task RunOrSkipAsync(PlannedStep step, bool isEnded)
    {
        _reports.Add(step.Report);
        if (isEnded)
        {
            step.Report.Complete(Conclusion.Skipped);
            return;
        }

        await RunAsync(step);
        if (job.Host.HasOnlyStepsAsChildren && !background.IsRunning)
        {
            OrphanReaper.Reap();
        }
    }

    private async Task RunAsync(PlannedStep planned)
    {
        var (use, stage, report) = planned;
        var problem = stage == StepStage.Main ? StepNames.Name(use, level) : null;
        var name = stage == StepStage.Main ? use.Name ?? report.Record.Name : report.Record.Name;
        if (use.Step.Background && stage == StepStage.Main)
        {
            Warn(report, problem);
            background.Start(planned, name);
            return;
        }

        report.Start(name);
        Warn(report, problem);
        var task = new StepTask(use, stage, level, report.Log, report.Record.Id, report.Record.Number, name);
        var end = use.Step.Type == StepType.BackgroundStepControl
            ? await _control.RunAsync(task)
            : await runner.RunAsync(task, CancellationToken.None);
        report.Complete(end.Conclusion);
        level.TakeIn(end.Conclusion);
        progress.NoteStepEnd();
    }

    private static void Warn(StepReport report, string? problem)
    {
        if (problem is not null)
        {
            report.Log.Warning(problem);
        }
    }
}
