using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Agent.Supervision;

/// <summary>What is asked of the place that a job has: to stop, and to go. Trouble with it is logged, and is nobody's end.</summary>
internal sealed class PlaceCalls(JobRunContext context, JobId job)
{
    private const int CancelTries = 5;

    /// <summary>Asks the job to stop, some times if it must be, until it is over.</summary>
    public async Task CancelAsync(IJobHandle handle, StopSignal stop)
    {
        context.Logger.JobStopped(job.ToString(), stop.Cause, stop.Grace.TotalSeconds);
        context.Board.Stops(job);
        for (var failures = 1; !handle.Ended.IsCompleted; failures++)
        {
            try
            {
                await handle.CancelAsync(stop.Grace, CancellationToken.None);
                return;
            }
            catch (InfrastructureException error) when (failures < CancelTries)
            {
                var pause = RetryPauses.OfJob(context.Options, failures, error);
                context.Logger.JobCallRetries("Cancelling", failures, job.ToString(), pause.TotalSeconds, error.Message);
                await Task.WhenAny(Task.Delay(pause, context.Time, CancellationToken.None), handle.Ended);
            }
            catch (InfrastructureException error)
            {
                context.Logger.JobCallFailed("Cancelling", job.ToString(), error.Message);
                return;
            }
        }
    }

    /// <summary>Removes the place, where there is one.</summary>
    public async Task RemoveAsync(IJobHandle? handle)
    {
        try
        {
            if (handle is not null)
            {
                await handle.DisposeAsync();
            }
        }
        catch (Exception error) when (error is InfrastructureException or IOException or UnauthorizedAccessException)
        {
            // The job is over; what is left of its place is found by the next look for orphans.
            context.Logger.JobCallFailed("Removing the place", job.ToString(), error.Message);
        }
    }
}
