using Microsoft.Extensions.Logging;
using Runner.Execution;
using Runner.Execution.Hosting;
using Runner.Execution.Jobs;
using Runner.Execution.Reporting;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Worker.Hosting;
using Runner.Worker.Http;
using Runner.Worker.Logging;
using Runner.Worker.Tracing;

namespace Runner.Worker.Jobs;

/// <summary>Runs the job so that it has a result whatever happens: the boundary of one job.</summary>
internal sealed class GuardedJob(WorkerHost host, LaunchPayload payload, JobCancellation cancellation, ILogger logger)
{
    /// <summary>Runs it; a bug of ours is a failed job with a reason, and then the worker's exit code says so too.</summary>
    /// <param name="reporter">Whom to tell.</param>
    /// <param name="actions">Where actions of repositories come from, or <c>null</c>.</param>
    /// <param name="containers">Runs containers beside the job, or <c>null</c>.</param>
    /// <param name="serviceLogs">Has the logs of services, or <c>null</c>.</param>
    /// <param name="workspace">Where the workspace comes from, or <c>null</c>.</param>
    public async Task<(JobResult Result, bool IsBug)> RunAsync(
        IJobReporter reporter, IActionSource? actions, IContainerRunner? containers, IServiceLogs? serviceLogs, IWorkspaceSource? workspace)
    {
        try
        {
            var runner = new JobRunner(new JobHost
            {
                Environment = StepTraces.Lay(StepNetwork.Lay(host, payload), payload),
                Time = host.Time,
                Actions = actions,
                Containers = containers,
                Workspace = workspace,
                Services = host.Services,
                ServiceLogs = serviceLogs,
                HasOnlyStepsAsChildren = host.HasOnlyStepsAsChildren,
            });
            return (await runner.RunAsync(payload, reporter, cancellation), IsBug: false);
        }
        catch (InfrastructureException failure)
        {
            logger.JobRefused(failure.Message);
            return (new JobResult { Conclusion = Conclusion.Failed, Reason = failure.Message }, IsBug: false);
        }
        catch (Exception bug)
        {
            // The boundary of one job: whoever waits for it is told that it failed, then the process ends with 70.
            logger.WorkerFailed(bug);
            var reason = $"The runner itself failed ({bug.GetType().Name}): this is a bug of the runner, not of the workflow";
            return (new JobResult { Conclusion = Conclusion.Failed, Reason = reason }, IsBug: true);
        }
    }
}
