using System.Collections.Immutable;
using Runner.Execution.Contexts;
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
        var setUp = StepReport.OfRunner(job, 1, "Set up job");
        setUp.Start(setUp.Record.Name);
        var (contexts, steps) = SetUp(job, setUp);

        var complete = StepReport.OfRunner(job, steps.Length + 2, "Complete job");
        foreach (var step in steps)
        {
            step.Report.Announce();
        }

        complete.Announce();
        Conclude(job, setUp, isGood: contexts is not null, cancellation);

        if (contexts is not null)
        {
            await RunStepsAsync(job, contexts, steps, cancellation);
        }

        return Complete(job, contexts, [setUp, .. steps.Select(step => step.Report), complete], cancellation);
    }

    private static (JobContexts? Contexts, ImmutableArray<PlannedStep> Steps) SetUp(JobScope job, StepReport report)
    {
        try
        {
            var contexts = new JobContexts(job);
            return (contexts, new SetUpJob(job, report.Log).Run(contexts));
        }
        catch (Exception error) when (error is WorkflowException or IOException or UnauthorizedAccessException)
        {
            report.Log.Error(error.Message);
            return (null, []);
        }
    }

    private async Task RunStepsAsync(JobScope job, JobContexts contexts, ImmutableArray<PlannedStep> steps, JobCancellation cancellation)
    {
        // A cancel during the set-up ends the job: not even always() counts then.
        var isEnded = job.Result != Conclusion.Succeeded;
        var runner = new StepRunner(job, contexts, new ProcessRunner(_launcher, _host.Time), cancellation);
        foreach (var step in steps)
        {
            if (isEnded)
            {
                step.Report.Complete(Conclusion.Skipped);
                continue;
            }

            await runner.RunAsync(step);
            if (_host.HasOnlyStepsAsChildren)
            {
                OrphanReaper.Reap();
            }
        }
    }

    private static JobResult Complete(JobScope job, JobContexts? contexts, ImmutableArray<StepReport> reports, JobCancellation cancellation)
    {
        var report = reports[^1];
        report.Start(report.Record.Name);
        var complete = new CompleteJob(job, report.Log);
        Conclude(job, report, complete.Run(contexts), cancellation);
        return new JobResult
        {
            Conclusion = job.Result,
            Outputs = complete.Outputs,
            EnvironmentUrl = complete.EnvironmentUrl,
            Steps = [.. reports.Select(step => step.Record)],
            Reason = ReasonOf(cancellation.Reason),
            FirstStep = job.FirstStep,
            LastStepEnded = job.LastStepEnded,
        };
    }

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

    private static string? ReasonOf(CancelReason? reason) => reason switch
    {
        CancelReason.Shutdown => "The runner was shut down while the job ran",
        CancelReason.LockLost => "The job's lock was lost while it ran: GitHub may have given it to another runner",
        _ => null,
    };
}
