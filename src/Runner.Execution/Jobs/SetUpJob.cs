using System.Collections.Immutable;
using Runner.Execution.Actions;
using Runner.Execution.Background;
using Runner.Execution.Containers;
using Runner.Execution.Contexts;
using Runner.Execution.Hooks;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Jobs;

/// <summary>
/// The step "Set up job": tells who runs the job, prepares folders and contexts, and plans the steps (<c>worker-semantics.md</c> section
/// 1.1).
/// </summary>
internal sealed class SetUpJob(JobScope job, JobProgress progress, StepLog log, ActionPreparation preparation, StepNumbers numbers)
{
    private IReadOnlyList<string> Files => job.Message.FileTable;

    /// <summary>Does it; returns the stages that run before the job's end is near, with their records, not yet told.</summary>
    /// <exception cref="WorkflowException">The job cannot be run as its message says.</exception>
    /// <exception cref="InfrastructureException">Something outside of the workflow failed.</exception>
    public async Task<ImmutableArray<PlannedStep>> RunAsync(JobContexts contexts, CancellationToken stop)
    {
        var intro = new JobIntroduction(job, log);
        intro.WriteRunner();
        intro.WritePermissions();
        log.Write("Secret source: Actions");
        log.Write("Prepare workflow directory");
        await new JobFolders(job, log).PrepareAsync(stop);
        EvaluateEnvironment(contexts);
        EvaluateDefaults(contexts);
        var steps = await PlanAsync(contexts, stop);
        intro.WriteCalledWorkflow();
        log.Write($"Complete job name: {job.Message.JobDisplayName}");
        return steps;
    }

    // The variables of the workflow come first; those of the job may use them.
    private void EvaluateEnvironment(JobContexts contexts)
    {
        foreach (var block in job.Message.EnvironmentVariables)
        {
            foreach (var (name, value) in JobTemplates.Texts(block, contexts.OfJob(), Files))
            {
                ProcessText.Check($"env: the variable '{name}'", name, value);
                progress.Shared.Set(name.Length > 0 ? name : throw new WorkflowException("env: has an entry without a name"), value);
            }
        }
    }

    // Later blocks are the job's: what they say wins over the workflow's.
    private void EvaluateDefaults(JobContexts contexts)
    {
        foreach (var block in job.Message.Defaults)
        {
            if (block is MappingToken mapping && mapping.Find("run") is { } run)
            {
                var values = JobTemplates.Texts(run, contexts.OfJob(), Files);
                progress.RunDefaults = new RunDefaults(
                    values.Find("shell") is { Length: > 0 } shell ? shell : progress.RunDefaults.Shell,
                    values.Find("working-directory") is { Length: > 0 } folder ? folder : progress.RunDefaults.WorkingDirectory);
            }
        }
    }

    private void Warn(string? problem)
    {
        if (problem is not null)
        {
            log.Warning(problem);
        }
    }

    private async Task<ImmutableArray<PlannedStep>> PlanAsync(JobContexts contexts, CancellationToken stop)
    {
        var uses = job.Message.UsableSteps.Where(step => step.Enabled == true).Select(step => new StepUse(step, parent: null)).ToList();
        foreach (var use in uses)
        {
            Warn(StepNames.NameEarly(use, contexts));
        }

        log.Write("Prepare all required actions");
        await preparation.PrepareAsync(uses, log, stop);

        return
        [
            .. JobHook.Started(job) is { } hook ? [hook.ToStep(job, numbers.Next())] : Array.Empty<PlannedStep>(),
            .. InitializeContainers.Plan(job, numbers) is { } containers ? [containers] : Array.Empty<PlannedStep>(),
            .. uses.Where(use => use.HasPre).Select(use => Plan(use, StepStage.Pre, $"Pre {use.Name}")),
            .. uses.Select(use => Plan(use, StepStage.Main, use.Name ?? string.Empty)),
            .. ImplicitWait.For(uses) is { } wait ? [Plan(wait, StepStage.Main, wait.Name ?? string.Empty)] : Array.Empty<PlannedStep>(),
        ];
    }

    private PlannedStep Plan(StepUse use, StepStage stage, string name) =>
        new(use, stage, StepReport.OfStage(job, use, stage, numbers.Next(), name));
}
