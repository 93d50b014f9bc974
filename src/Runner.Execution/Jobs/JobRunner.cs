using System.Collections.Immutable;
using Runner.Execution.Actions;
using Runner.Execution.Background;
using Runner.Execution.Contexts;
using Runner.Execution.Hooks;
using Runner.Execution.Hosting;
using Runner.Execution.Processes;
using Runner.Execution.Reporting;
using Runner.Execution.Repositories;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Execution.Usage;
using Runner.Jobs;
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

        var job = new JobScope(payload, _host, reporter);
        using var meter = payload.Usage is null ? null : UsageMeter.TryStart(_host.SystemRoot, _host.Time);
        var progress = new JobProgress(_host.Time);
        var end = new JobEnd(progress, cancellation, _host.Time);
        var numbers = new StepNumbers();
        using var repositories = Repositories(job);
        var preparation = new ActionPreparation(job, repositories);
        var setUp = StepReport.OfRunner(job, numbers.Next(), "Set up job");
        setUp.Start(setUp.Record.Name);
        var (contexts, steps) = await SetUpAsync(job, progress, setUp, preparation, numbers, cancellation.Requested);
        foreach (var step in steps)
        {
            step.Report.Announce();
        }

        if (contexts is null)
        {
            // Nothing of the job has run, so nothing is to be completed: as on GitHub, its only step is the one that failed.
            var reason = await end.WriteReasonAsync(setUp.Log);
            end.Conclude(setUp, isGood: false);
            return end.ResultOf([setUp], reason);
        }

        end.Conclude(setUp, isGood: true);
        var posts = new PostSteps(job, numbers);
        if (JobHook.Completed(job) is { } hook)
        {
            posts.Add(number => hook.ToStep(job, number));
        }

        var processes = new ProcessRunner(_launcher, _host.Time);
        using var memory = MemoryKills.Find(_host.SystemRoot);
        var actions = new StepActions(job, progress, processes, memory, meter, preparation, posts, cancellation);
        var level = StepLevel.OfJob(contexts);
        using var background = new BackgroundSteps(job, actions.Runner, level, cancellation);
        var completeId = StepId.New();
        job.Reporter.StepLogExpected(completeId); // it is the job's last, and everybody waits for it
        var reports = await new JobSteps(job, progress, actions.Runner, level, posts, background).RunAsync(steps);
        var complete = StepReport.OfRunner(job, numbers.Next(), "Complete job", completeId);
        complete.Start(complete.Record.Name);
        return await CompleteAsync(new CompleteJob(job, progress, complete.Log), contexts, [setUp, .. reports, complete], end, steps =>
            payload.Usage is { } usage ? MeasuredJob.Tell(job, usage, meter, steps) : null);
    }

    private static ActionRepositories Repositories(JobScope job)
    {
        var given = job.Host.Environment.GetValueOrDefault("ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE");
        var cache = new ActionCache(Directory.Exists(given) ? given : null);
        var prefersUnpacked = bool.TryParse(job.Host.Environment.GetValueOrDefault("ACTIONS_RUNNER_SYMLINK_CACHED_ACTIONS"), out var value) && value;
        return new ActionRepositories(job.Host.Actions, cache, job.Paths.Actions, job.Masker, prefersUnpacked);
    }

    private static async Task<(JobContexts? Contexts, ImmutableArray<PlannedStep> Steps)> SetUpAsync(
        JobScope job, JobProgress progress, StepReport report, ActionPreparation preparation, StepNumbers numbers, CancellationToken stop)
    {
        try
        {
            var contexts = new JobContexts(job, progress);
            return (contexts, await new SetUpJob(job, progress, report.Log, preparation, numbers).RunAsync(contexts, stop));
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
        CompleteJob complete, JobContexts contexts, ImmutableArray<StepReport> reports, JobEnd end, Func<ImmutableArray<StepReport>, JobUsage?> tellUsage)
    {
        var reason = await end.WriteReasonAsync(reports[^1].Log);
        var isGood = complete.Run(contexts);
        var usage = tellUsage(reports);
        end.Conclude(reports[^1], isGood);
        return end.ResultOf(reports, reason) with { Outputs = complete.Outputs, EnvironmentUrl = complete.EnvironmentUrl, Usage = usage };
    }
}
