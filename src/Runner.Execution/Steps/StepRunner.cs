using System.Globalization;
using Runner.Execution.Contexts;
using Runner.Execution.FileCommands;
using Runner.Execution.Jobs;
using Runner.Execution.Processes;
using Runner.Expressions;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Steps;

/// <summary>Takes one step from its record to its conclusion.</summary>
/// <remarks>
/// 1. Name and record. 2. Environment. 3. Condition. 4. The action, under its time-out and the job's cancellation. 5. Command files. 6. Outcome,
/// <c>continue-on-error</c>, conclusion. The order is GitHub's (<c>worker-semantics.md</c> section 2).
/// </remarks>
internal sealed class StepRunner(JobScope job, JobContexts contexts, ProcessRunner processes, JobCancellation cancellation)
{
    private readonly ScriptStep _scripts = new(processes, contexts);
    private readonly UnsupportedStep _others = new();

    private IReadOnlyList<string> Files => job.Message.FileTable;

    /// <summary>Runs the step, or finds that it is not to run. The job's result and contexts have taken it in when this returns.</summary>
    public async Task RunAsync(PlannedStep planned)
    {
        // Step 1.
        var github = contexts.GitHub.With([KeyValuePair.Create("action", planned.Step.ContextName ?? string.Empty)]);
        planned.Report.Start(StepNames.Final(planned.Step, contexts.OfStep(github, job.Environment), job));
        TakeCancellation();

        var conclusion = await ConcludeAsync(planned, github);
        planned.Report.Complete(conclusion);
        job.TakeIn(conclusion);
        job.LastStepEnded = job.Host.Time.GetUtcNow();
    }

    private async Task<Conclusion> ConcludeAsync(PlannedStep planned, ObjectValue github)
    {
        var (step, log) = (planned.Step, planned.Report.Log);
        StepScope scope;
        StepCondition condition;
        try
        {
            // Step 2.
            scope = new StepScope(job, planned.Report.Record.Id, log) { Environment = EnvironmentOf(step, github) };

            // Step 3.
            condition = new StepCondition(step.Condition);
            if (cancellation.Aborted.IsCancellationRequested || !HoldsCondition(planned, condition, scope, github))
            {
                job.Steps.Add(step.ContextName, scope.Outputs, Conclusion.Skipped, Conclusion.Skipped);
                return Conclusion.Skipped;
            }
        }
        catch (WorkflowException error)
        {
            log.Error(error.Message);
            job.Steps.Add(step.ContextName, new Dictionary<string, string>(), Conclusion.Failed, Conclusion.Failed);
            return Conclusion.Failed;
        }

        var outcome = await RunActionAsync(planned, scope, condition, github);

        // Step 6.
        var conclusion = outcome == Conclusion.Failed && ContinuesOnError(step, scope, github) ? Conclusion.Succeeded : outcome;
        job.Steps.Add(step.ContextName, scope.Outputs, outcome, conclusion);
        return conclusion;
    }

    private async Task<Conclusion> RunActionAsync(PlannedStep planned, StepScope scope, StepCondition condition, ObjectValue github)
    {
        using var stop = new StepStop();
        var minutes = TimeoutOf(planned.Step, scope, github);
        using var timer = minutes > 0 ? new CancellationTokenSource(Delay(minutes), job.Host.Time) : null;
        await using var timedOut = timer?.Token.Register(() => stop.Stop(StopReason.TimedOut)) ?? default;
        await using var cancelled = cancellation.Requested.Register(() => Cancel(planned, scope, condition, github, stop));
        await using var aborted = cancellation.Aborted.Register(() => Abort(stop));

        // Steps 4 and 5.
        var succeeded = await TryRunActionAsync(planned, scope, github, stop);
        switch (stop.Reason)
        {
            case StopReason.TimedOut:
                scope.Log.Error($"The action '{planned.Report.Record.Name}' has timed out after {minutes.ToString(CultureInfo.InvariantCulture)} minutes.");
                return Conclusion.Failed;
            case StopReason.Cancelled:
                scope.Log.Error("The operation was canceled.");
                return Conclusion.Canceled;
            default:
                return succeeded && !scope.HasFailedByCommand ? Conclusion.Succeeded : Conclusion.Failed;
        }
    }

    private async Task<bool> TryRunActionAsync(PlannedStep planned, StepScope scope, ObjectValue github, StepStop stop)
    {
        try
        {
            var files = StepFiles.Create(job.Paths.Temp);
            var paths = files.Paths.Select(path => KeyValuePair.Create<string, Value>(path.Key, new StringValue(path.Value)));
            var members = new ObjectValue([.. github.Entries, .. paths]);
            var run = new StepRun(planned.Step, scope, planned.Report.Record.Number, members, contexts.OfStep(members, scope.Environment));
            try
            {
                return await ActionOf(planned.Step).RunAsync(run, stop.Token);
            }
            finally
            {
                files.Run(scope);
            }
        }
        catch (Exception error) when (error is WorkflowException or ProcessStartException or IOException or UnauthorizedAccessException)
        {
            scope.Log.Error(error.Message);
            return false;
        }
    }

    private IStepAction ActionOf(JobStep step) =>
        step is { Type: StepType.Action, Reference.Type: ActionSource.Script, Background: false } ? _scripts : _others;

    private Dictionary<string, string> EnvironmentOf(JobStep step, ObjectValue github)
    {
        var environment = new Dictionary<string, string>(job.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in JobTemplates.Texts(step.Environment, contexts.OfStep(github, job.Environment), Files))
        {
            environment[name] = name.Length > 0 ? value : throw new WorkflowException("env: of the step has an entry without a name");
        }

        return environment;
    }

    private bool HoldsCondition(PlannedStep planned, StepCondition condition, StepScope scope, ObjectValue github)
    {
        scope.Log.Debug($"Evaluating condition for step: '{planned.Report.Record.Name}'");
        return condition.Holds(contexts.OfStep(github, scope.Environment), scope.Log);
    }

    private double TimeoutOf(JobStep step, StepScope scope, ObjectValue github)
    {
        try
        {
            return JobTemplates.Number(step.TimeoutInMinutes, contexts.OfStep(github, scope.Environment), Files);
        }
        catch (WorkflowException error)
        {
            scope.Log.Error($"timeout-minutes is not used, it cannot be evaluated. {error.Message}");
            return 0;
        }
    }

    private bool ContinuesOnError(JobStep step, StepScope scope, ObjectValue github)
    {
        try
        {
            return JobTemplates.Boolean(step.ContinueOnError, contexts.OfStep(github, scope.Environment), Files);
        }
        catch (WorkflowException error)
        {
            scope.Log.Error($"continue-on-error is not used, it cannot be evaluated. {error.Message}");
            return false;
        }
    }

    private void TakeCancellation()
    {
        if (cancellation.Reason is { } reason)
        {
            job.Stop(reason);
        }
    }

    // A step that is to run even in a cancelled job, such as one with always(), runs on.
    private void Cancel(PlannedStep planned, StepScope scope, StepCondition condition, ObjectValue github, StepStop stop)
    {
        TakeCancellation();
        try
        {
            if (HoldsCondition(planned, condition, scope, github))
            {
                return;
            }
        }
        catch (WorkflowException error)
        {
            scope.Log.Error(error.Message);
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
