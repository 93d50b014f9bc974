using System.Collections.Immutable;
using Runner.Execution.Actions;
using Runner.Execution.Background;
using Runner.Execution.Contexts;
using Runner.Execution.Hooks;
using Runner.Execution.Processes;
using Runner.Execution.Reporting;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Jobs;

/// <summary>Runs one job: "Set up job", its steps, "Complete job".</summary>
/// <remarks>
/// What the workflow or its scripts do wrong is in the result and the log, never an exception. The job's own time limit is GitHub's business: it
/// cancels the job.
/// </remarks>
public sealed class JobRunner
{
    // The launcher sees that a pod is taken away about when the kubelet tells the worker to end, and is a call away.
    private static readonly TimeSpan ExplanationLimit = TimeSpan.FromSeconds(3);

    private readonly JobHost _host;
    private readonly IProcessLauncher _launcher;

    /// <summary>A runner on this machine.</summary>
    public JobRunner(JobHost host)
        : this(host, new PosixProcessLauncher())
    {
    }

    internal JobRunner(JobHost host, IProcessLauncher launcher)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _launcher = launcher;
    }

    /// <summary>Runs the job to its end.</summary>
    /// <param name="payload">The job and where it runs.</param>
    /// <param name="reporter">Is told of every step and line. The caller flushes it afterwards.</param>
    /// <param name="cancellation">Stops the job. There is no token beside it: a cancelled job still has steps to run and a result to give.</param>
    public async Task<JobResult> RunAsync(LaunchPayload payload, IJobReporter reporter, JobCancellation cancellation)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(reporter);
        ArgumentNullException.ThrowIfNull(cancellation);
        if (_host.HasOnlyStepsAsChildren)
        {
            OrphanReaper.Adopt();
        }

        using var job = new JobScope(payload, _host, reporter);
        var numbers = new StepNumbers();
        using var repositories = Repositories(job);
        var preparation = new ActionPreparation(job, repositories);
        var setUp = StepReport.OfRunner(job, numbers.Next(), "Set up job");
        setUp.Start(setUp.Record.Name);
        var (contexts, steps) = await SetUpAsync(job, setUp, preparation, numbers, cancellation.Requested);
        foreach (var step in steps)
        {
            step.Report.Announce();
        }

        if (contexts is null)
        {
            return await GiveUpAsync(job, setUp, cancellation);
        }

        Conclude(job, setUp, isGood: true, cancellation);
        var posts = new PostSteps(job, numbers);
        if (JobHook.Completed(job) is { } hook)
        {
            posts.Add(number => hook.ToStep(job, number));
        }

        var processes = new ProcessRunner(_launcher, _host.Time);
        var actions = new StepActions(job, processes, preparation, posts, cancellation);
        var level = StepLevel.OfJob(contexts);
        using var background = new BackgroundSteps(job, actions.Runner, level, cancellation);
        var reports = await new JobSteps(job, actions.Runner, level, posts, background).RunAsync(steps);
        var complete = StepReport.OfRunner(job, numbers.Next(), "Complete job");
        return await CompleteAsync(job, contexts, [setUp, .. reports, complete], cancellation);
    }

    // Nothing of the job has run, so nothing is to be completed: as on GitHub, its only step is the one that failed.
    private static async Task<JobResult> GiveUpAsync(JobScope job, StepReport setUp, JobCancellation cancellation)
    {
        await WaitForExplanationAsync(cancellation, job.Host.Time);
        var reason = ReasonOf(cancellation);
        if (reason is not null)
        {
            setUp.Log.Write($"##[error]{reason}"); // the result has it as the job's annotation
        }

        Conclude(job, setUp, isGood: false, cancellation);
        return ResultOf(job, [setUp], reason, cancellation);
    }

    private static ActionRepositories Repositories(JobScope job)
    {
        var given = job.Host.Environment.GetValueOrDefault("ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE");
        var cache = new ActionCache(Directory.Exists(given) ? given : null);
        var prefersUnpacked = bool.TryParse(job.Host.Environment.GetValueOrDefault("ACTIONS_RUNNER_SYMLINK_CACHED_ACTIONS"), out var value) && value;
        return new ActionRepositories(job.Host.Actions, cache, job.Paths.Actions, job.Masker, prefersUnpacked);
    }

    private static async Task<(JobContexts? Contexts, ImmutableArray<PlannedStep> Steps)> SetUpAsync(
        JobScope job, StepReport report, ActionPreparation preparation, StepNumbers numbers, CancellationToken stop)
    {
        try
        {
            var contexts = new JobContexts(job);
            return (contexts, await new SetUpJob(job, report.Log, preparation, numbers).RunAsync(contexts, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            report.Log.Error("The operation was canceled.");
            return (null, []);
        }
        catch (Exception error) when (error
            is WorkflowException or InfrastructureException or IOException or UnauthorizedAccessException)
        {
            report.Log.Error(error.Message);
            return (null, []);
        }
    }

    private static async Task<JobResult> CompleteAsync(
        JobScope job, JobContexts contexts, ImmutableArray<StepReport> reports, JobCancellation cancellation)
    {
        var report = reports[^1];
        report.Start(report.Record.Name);
        var complete = new CompleteJob(job, report.Log);
        await WaitForExplanationAsync(cancellation, job.Host.Time);
        var reason = ReasonOf(cancellation);
        if (reason is not null)
        {
            report.Log.Write($"##[error]{reason}"); // the result has it as the job's annotation
        }

        Conclude(job, report, complete.Run(contexts), cancellation);
        return ResultOf(job, reports, reason, cancellation) with { Outputs = complete.Outputs, EnvironmentUrl = complete.EnvironmentUrl };
    }

    private static JobResult ResultOf(JobScope job, ImmutableArray<StepReport> reports, string? reason, JobCancellation cancellation) => new()
    {
        Conclusion = cancellation.IsRemoval ? Conclusion.Failed : job.Result,
        Steps = [.. reports.Select(step => step.Record)],
        Reason = reason,
        FirstStep = job.FirstStep,
        LastStepEnded = job.LastStepEnded,
    };

    private static void Conclude(JobScope job, StepReport report, bool isGood, JobCancellation cancellation)
    {
        if (cancellation.Reason is { } reason)
        {
            job.Stop(reason);
        }

        var conclusion = isGood ? Conclusion.Succeeded : Conclusion.Failed;
        report.Complete(conclusion);
        job.TakeIn(conclusion);
    }

    private static string? ReasonOf(JobCancellation cancellation) => cancellation.Reason switch
    {
        _ when cancellation.IsRemoval => cancellation.Explanation.IsCompletedSuccessfully
            ? cancellation.Explanation.Result
            : "The job's container or process was told to end (SIGTERM) while the job ran, and nobody said why",
        CancelReason.Shutdown => "The runner was shut down while the job ran",
        CancelReason.LockLost => "The job's lock was lost while it ran: GitHub may have given it to another runner",
        _ => null,
    };

    // Somebody's cancel may come meanwhile, and counts more.
    private static Task WaitForExplanationAsync(JobCancellation cancellation, TimeProvider time) => cancellation.IsRemoval
        ? Task.WhenAny(cancellation.Explanation, Task.Delay(ExplanationLimit, time, CancellationToken.None))
        : Task.CompletedTask;
}
