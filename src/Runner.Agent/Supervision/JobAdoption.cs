using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Sources;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Supervision;

/// <summary>Looks for jobs of agents that are gone, at the start and then again and again, and looks after them to their end.</summary>
internal sealed class JobAdoption(
    IJobBackend backend,
    JobSupervisor supervisor,
    IEnumerable<RunnerPool> pools,
    AgentHealth health,
    SupervisionOptions options,
    TimeProvider time,
    ILogger<JobAdoption> logger) : BackgroundService
{
    private readonly List<RunnerPool> _pools = [.. pools];
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes after the first look, whether or not it succeeded.</summary>
    public Task FirstLook => _firstLook.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loop = health.Watch("adoption", pool: null);
        var watched = new List<Task>();
        while (true)
        {
            loop.Turn(isReady: true);
            try
            {
                watched.AddRange((await backend.AdoptAsync(stoppingToken)).Select(AdoptAsync));
            }
            catch (InfrastructureException error)
            {
                logger.AdoptionFailed(options.AdoptionInterval.TotalSeconds, error.Message);
            }

            _firstLook.TrySetResult();
            watched.RemoveAll(job => job.IsCompleted);
            await Task.Delay(options.AdoptionInterval, time, stoppingToken);
        }

        // Not waited for here: the supervisor drains adopted jobs with all others.
    }

    private async Task AdoptAsync(IJobHandle handle)
    {
        logger.JobAdopted(handle.JobId.ToString(), handle.Place, handle.Launch.Pool);
        var pool = _pools.Find(pool => pool.Name == handle.Launch.Pool);
        pool?.Capacity.EnterAdopted();
        try
        {
            await supervisor.Adopt(handle).Ended;
        }
        finally
        {
            pool?.Capacity.Leave();
        }
    }
}
