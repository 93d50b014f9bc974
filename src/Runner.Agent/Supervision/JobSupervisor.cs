using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.Jobs;

namespace Runner.Agent.Supervision;

/// <summary>Knows the jobs that this agent looks after.</summary>
internal sealed class JobSupervisor(
    IJobBackend backend,
    IJobServices services,
    SupervisionOptions options,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger<JobSupervisor> logger)
{
    private readonly Dictionary<JobId, JobRun> _runs = [];
    private readonly JobRunContext _context = new(backend, options, metrics, time, logger);

    /// <summary>How many jobs it looks after.</summary>
    public int Count
    {
        get
        {
            lock (_runs)
            {
                return _runs.Count;
            }
        }
    }

    /// <summary>Starts a job that was taken. One that runs already, because its message came twice, is not started again.</summary>
    public JobRun Start(JobLaunch launch, IJobService service) => Track(launch, service, adopted: null);

    /// <summary>Looks after a job of an agent that is gone.</summary>
    public JobRun Adopt(IJobHandle handle) => Track(handle.Launch, services.For(handle.Launch.Job), handle);

    /// <summary>Waits for the jobs to end, and leaves those that take longer to a successor.</summary>
    public async Task DrainAsync(TimeSpan timeout)
    {
        List<JobRun> runs;
        lock (_runs)
        {
            runs = [.. _runs.Values];
        }

        logger.AgentDrains(runs.Count, timeout.TotalSeconds);
        var ended = Task.WhenAll(runs.Select(run => run.Ended));
        await Task.WhenAny(ended, Task.Delay(timeout, time, CancellationToken.None));
        foreach (var run in runs)
        {
            run.Release();
        }

        await ended;
    }

    private JobRun Track(JobLaunch launch, IJobService? service, IJobHandle? adopted)
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(launch.JobId, out var run))
            {
                run = new JobRun(launch, service, adopted, _context, Forget);
                _runs.Add(launch.JobId, run);
            }

            return run;
        }
    }

    private void Forget(JobRun run)
    {
        lock (_runs)
        {
            _runs.Remove(run.JobId);
        }
    }
}
