using System.Collections.Immutable;
using Runner.Execution.Contexts;
using Runner.Execution.Processes;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Jobs;

/// <summary>
/// The step "Complete job": outputs, environment address, leftover processes, times (<c>worker-semantics.md</c> section 1.2).
/// </summary>
internal sealed class CompleteJob(JobScope job, JobProgress progress, StepLog log)
{
    /// <summary>Outputs by name, filled by <see cref="Run"/>.</summary>
    public ImmutableDictionary<string, OutputValue> Outputs { get; private set; } = ImmutableDictionary<string, OutputValue>.Empty;

    /// <summary>Address of the deployment environment, or <c>null</c>.</summary>
    public string? EnvironmentUrl { get; private set; }

    /// <summary>Does it; returns whether all went well.</summary>
    public bool Run(JobContexts contexts)
    {
        var isGood = TryEvaluate("Fail to evaluate job outputs", () => EvaluateOutputs(contexts))
            & TryEvaluate("Failed to evaluate environment url", () => EvaluateUrl(contexts));
        KillOrphans();
        foreach (var line in LaunchTimeline.Lines(job.Payload.Times with { FirstStep = progress.FirstStep }))
        {
            log.Write(line);
        }

        return isGood;
    }

    private bool TryEvaluate(string failure, Action evaluate)
    {
        try
        {
            evaluate();
            return true;
        }
        catch (WorkflowException error)
        {
            log.Error(failure);
            log.Error(error.Message);
            return false;
        }
    }

    private void EvaluateOutputs(JobContexts contexts)
    {
        if (job.Message.JobOutputs is null or NullToken)
        {
            return;
        }

        log.Write("Evaluate and set job outputs");
        foreach (var (name, value) in JobTemplates.Texts(job.Message.JobOutputs, contexts.OfJob(), job.Message.FileTable))
        {
            if (value.Length == 0)
            {
                continue;
            }

            if (job.Masker.WouldChange(value))
            {
                log.Warning($"Skip output '{name}' since it may contain secret.");
                continue;
            }

            log.Write($"Set output '{name}'");
            Outputs = Outputs.SetItem(name, new OutputValue(value));
        }
    }

    private void EvaluateUrl(JobContexts contexts)
    {
        if (job.Message.ActionsEnvironment is not { } environment
            || JobTemplates.Text(environment.Url, contexts.OfJob(), job.Message.FileTable) is not { Length: > 0 } url)
        {
            return;
        }

        if (job.Masker.WouldChange(url))
        {
            log.Warning($"Skip setting environment url as environment '{environment.Name}' may contain secret.");
            return;
        }

        log.Write($"Evaluated environment url: {url}");
        EnvironmentUrl = url;
    }

    private void KillOrphans()
    {
        if (bool.TryParse(job.Message.Variable(JobVariables.ProcessClean), out var clean) && !clean)
        {
            return;
        }

        log.Write("Cleaning up orphan processes");
        var marked = ProcessTree.KillMarked(JobScope.TrackingVariable, job.TrackingId);
        var descendants = job.Host.HasOnlyStepsAsChildren ? ProcessTree.KillDescendants(Environment.ProcessId) : [];
        foreach (var orphan in marked.Union(descendants))
        {
            log.Write($"Terminate orphan process: pid ({orphan.Id}) ({orphan.Name})");
        }
    }
}
