using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Workflows.Containers;

namespace Runner.Agent.Supervision;

/// <summary>What came of a launch: a place, or the verdict on a job that cannot have one.</summary>
internal sealed record LaunchResult(IJobHandle? Handle, JobVerdict? Refusal);

/// <summary>Asks the backend for a place, again where it is at a loss, not where it refuses.</summary>
internal sealed class JobLauncher(JobRunContext context)
{
    private const int Tries = 5;

    /// <summary>Launches the job; tries end when the job is told to stop.</summary>
    public async Task<LaunchResult> LaunchAsync(JobLaunch launch, StopSignal stop)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                launch = launch with { Containers = JobContainersEvaluator.Evaluate(launch.Job) };
                return new LaunchResult(await context.Backend.LaunchAsync(launch, CancellationToken.None), Refusal: null);
            }
            catch (WorkflowException error)
            {
                return Refuse(VerdictReasons.Unplaceable, error.Message, isInfrastructure: false);
            }
            catch (OperatorException error)
            {
                context.Logger.JobCallFailed("Launching", launch.JobId.ToString(), error.Message);
                return Refuse(VerdictReasons.BackendUnavailable, $"The runner is not set up to run this job: {error.Message}", isInfrastructure: true);
            }
            catch (InfrastructureException error) when (failures < Tries && stop.Cause == StopCause.None)
            {
                var pause = RetryPauses.OfJob(context.Options, failures, error);
                context.Logger.JobCallRetries("Launching", failures, launch.JobId.ToString(), pause.TotalSeconds, error.Message);
                await Task.WhenAny(Task.Delay(pause, context.Time, CancellationToken.None), stop.Requested);
            }
            catch (InfrastructureException error)
            {
                context.Logger.JobCallFailed("Launching", launch.JobId.ToString(), error.Message);
                return stop.Cause == StopCause.None
                    ? Refuse(VerdictReasons.BackendUnavailable, $"The job could not be started, which is not the workflow's fault: {error.Message}", isInfrastructure: true)
                    : new LaunchResult(Handle: null, EndRules.Judge(new JobEnd(), stop.Cause, launch.Attempt, replacements: 0, hasOutputs: false));
            }
        }
    }

    private static LaunchResult Refuse(string reason, string message, bool isInfrastructure) =>
        new(Handle: null, JobVerdict.Failed(reason, message, isInfrastructure));
}
