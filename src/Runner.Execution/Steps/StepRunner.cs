using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Runner.Execution.Contexts;
using Runner.Execution.FileCommands;
using Runner.Execution.Hosting;
using Runner.Execution.Matchers;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Usage;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Steps;

/// <summary>Runs one stage of a step, of the job or of a composite action, to its conclusion.</summary>
/// <remarks>
/// 1. Environment. 2. Condition. 3. The action, under its time-out and the job's cancellation. 4. Command files. 5. Outcome,
/// <c>continue-on-error</c>, conclusion. The order is GitHub's (<c>worker-semantics.md</c> section 2).
/// </remarks>
internal sealed class StepRunner(
    JobScope job, JobProgress progress, JobCancellation cancellation, UsageMeter? meter, Func<StepUse, IStepAction> actionOf)
{
    private static readonly IReadOnlyDictionary<string, string> NoOutputs = new Dictionary<string, string>();

    private readonly JobMatchers _matchers = new();
    private readonly JobArtifacts? _artifacts = JobArtifacts.Of(job.Message, job.Host.Environment);
    private readonly SpareFiles _spareFiles = new();
    private readonly StepHold _hold = new(job, cancellation);

    /// <summary>Runs it, or finds that it is not to run. Its results stand in the level's <c>steps</c> when this returns.</summary>
    /// <param name="outer">Fires when what it is a part of has to end.</param>
    public async Task<StepEnd> RunAsync(StepTask task, CancellationToken outer)
    {
        var end = TryBegin(task, out var run, out var early) ? await FinishAsync(run, outer) : early;
        if (task.Stage == StepStage.Main)
        {
            task.Level.Steps.Add(task.Use.Step.ContextName, end.Outputs, end.Outcome, end.Conclusion);
        }

        return end;
    }

    /// <summary>Steps 1 and 2.</summary>
    /// <param name="run">The step, to be given to <see cref="FinishAsync"/>.</param>
    /// <param name="end">How it ended; <c>null</c>: it is to run.</param>
    public bool TryBegin(StepTask task, [NotNullWhen(true)] out StepRun? run, [NotNullWhen(false)] out StepEnd? end)
    {
        TakeCancellation();
        (run, end) = (null, null);
        try
        {
            var prepared = Prepare(task);
            if (!cancellation.Aborted.IsCancellationRequested && HoldsCondition(prepared))
            {
                run = prepared;
                return true;
            }

            end = new StepEnd(Conclusion.Skipped, Conclusion.Skipped, NoOutputs);
        }
        catch (WorkflowException error)
        {
            task.Log.Error(error.Message);
            end = new StepEnd(Conclusion.Failed, Conclusion.Failed, NoOutputs, IsUnrunnable: true);
        }

        return false;
    }

    /// <summary>Steps 3 to 5. Its results stand nowhere yet.</summary>
    /// <param name="outer">Fires when what it is a part of has to end.</param>
    public async Task<StepEnd> FinishAsync(StepRun run, CancellationToken outer)
    {
        run.Scope.Log.Debug($"Starting: {run.Task.Name}");
        var outcome = await MeasureActionAsync(run, outer);
        if (outcome == Conclusion.Failed && run.Use.Parent is null && MissingSecrets.HintOf(job, run.Use) is { } hint)
        {
            run.Scope.Log.Write(hint);
        }

        var conclusion = outcome == Conclusion.Failed && ContinuesOnError(run) ? Conclusion.Succeeded : outcome;
        if (conclusion == Conclusion.Failed && run is { Use.Parent: null, Stage: StepStage.Main, Step.Background: false })
        {
            await _hold.WaitAsync(run);
        }

        run.Scope.Log.Debug($"Finishing: {run.Task.Name}");
        return StepEnd.Of(outcome, run.Scope.Outputs) with { Conclusion = conclusion };
    }

    /// <summary>The job's result takes a cancellation in that came.</summary>
    public void TakeCancellation()
    {
        if (cancellation.Reason is { } reason)
        {
            progress.Stop(reason);
        }
    }

    private StepRun Prepare(StepTask task)
    {
        var members = task.Level.MembersOf(task.Use);
        var github = task.Level.GitHub(members);
        var variables = StepVariables.Of(task.Use.Step, task.Level, github);
        var scope = new StepScope(job, task.Record, task.Log)
        {
            Environment = variables.All,
            State = task.Use.State,
            Shared = task.Level.Shared,
            Matchers = _matchers,
        };
        return new StepRun(task, scope, members, github, variables.Own);
    }

    // Steps of a composite action count for the step around them.
    private async Task<Conclusion> MeasureActionAsync(StepRun run, CancellationToken outer)
    {
        using var measured = run.Use.Parent is null ? meter?.Begin(run.Task.Record) : null;
        return await RunActionAsync(run, outer);
    }

    private async Task<Conclusion> RunActionAsync(StepRun run, CancellationToken outer)
    {
        using var stop = new StepStop();
        var minutes = TimeoutOf(run);
        using var timer = minutes > 0 ? new CancellationTokenSource(Delay(minutes), job.Host.Time) : null;
        await using var timedOut = timer?.Token.Register(() => stop.Stop(StopReason.TimedOut)) ?? default;
        await using var ended = outer.Register(() => stop.Stop(StopReason.OuterStopped));
        await using var cancelled = cancellation.Requested.Register(() => Cancel(run, stop));
        await using var aborted = cancellation.Aborted.Register(() => Abort(stop));

        // Steps 3 and 4.
        var succeeded = await TryRunActionAsync(run, stop);
        switch (stop.Reason)
        {
            case StopReason.TimedOut:
                run.Scope.Log.Error($"The action '{run.Task.Name}' has timed out after {minutes.ToString(CultureInfo.InvariantCulture)} minutes.");
                return Conclusion.Failed;
            case StopReason.Cancelled when !outer.IsCancellationRequested:
                run.Scope.Log.Error("The operation was canceled.");
                return Conclusion.Canceled;
            case StopReason.Cancelled or StopReason.OuterStopped:
                return Conclusion.Canceled; // what it is a part of says why
            default:
                return succeeded && !run.Scope.HasFailedByCommand ? Conclusion.Succeeded : Conclusion.Failed;
        }
    }

    private async Task<bool> TryRunActionAsync(StepRun run, StepStop stop)
    {
        try
        {
            var files = StepFiles.Create(job.Paths.Temp, _spareFiles, _artifacts);
            foreach (var (name, path) in files.Paths)
            {
                run.Members.Set(name, path);
            }

            if (run.Use.IsOfWorkflow)
            {
                run.Members.SetSource(repository: null, reference: null); // an action of a repository says its own
                run.Scope.Log.Debug("Loading inputs");
                run.Scope.Log.Debug("Loading env");
            }

            try
            {
                var withFiles = run.WithMembers() with { CommandFiles = [.. files.Paths.Select(file => file.Value)] };
                return await actionOf(run.Use).RunAsync(withFiles, stop.Token);
            }
            finally
            {
                files.Run(run.Scope);
            }
        }
        catch (OperationCanceledException) when (stop.Reason is not null)
        {
            return false; // the reason counts
        }
        catch (Exception error) when (error
            is WorkflowException or InfrastructureException or ProcessStartException or IOException or UnauthorizedAccessException)
        {
            run.Scope.Log.Error(error.Message);
            return false;
        }
    }

    private static bool HoldsCondition(StepRun run)
    {
        run.Scope.Log.Debug($"Evaluating condition for step: '{run.Task.Name}'");
        return new StepCondition(run.Use.ConditionOf(run.Stage)).Holds(run.Contexts, run.Scope.Log);
    }

    private static double TimeoutOf(StepRun run)
    {
        try
        {
            return JobTemplates.Number(run.Step.TimeoutInMinutes, run.Contexts, run.Level.Files);
        }
        catch (WorkflowException error)
        {
            run.Scope.Log.Error($"timeout-minutes is not used, it cannot be evaluated. {error.Message}");
            return 0;
        }
    }

    private static bool ContinuesOnError(StepRun run)
    {
        try
        {
            return JobTemplates.Boolean(run.Step.ContinueOnError, run.Contexts, run.Level.Files);
        }
        catch (WorkflowException error)
        {
            run.Scope.Log.Error($"continue-on-error is not used, it cannot be evaluated. {error.Message}");
            return false;
        }
    }

    // A step that is to run even in a cancelled job, such as one with always(), runs on. One in the background does not: it may be a server, whose end
    // the job would wait for.
    private void Cancel(StepRun run, StepStop stop)
    {
        TakeCancellation();
        try
        {
            if (!run.Task.StopsWithJob && HoldsCondition(run))
            {
                return;
            }
        }
        catch (WorkflowException error)
        {
            run.Scope.Log.Error(error.Message);
        }

        stop.Stop(StopReason.Cancelled);
    }

    private void Abort(StepStop stop)
    {
        TakeCancellation();
        stop.Stop(StopReason.Cancelled);
    }

    // Longer than a timer can be is longer than any job is.
    private static TimeSpan Delay(double minutes) => TimeSpan.FromMinutes(Math.Min(minutes, TimeSpan.FromDays(40).TotalMinutes));
}
