using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Supervision;

/// <summary>Looks for jobs of agents that are gone, at the start and then again and again, and looks after them to their end.</summary>
/// <remarks>
/// Such a job runs somewhere (<see cref="IJobBackend.AdoptAsync"/>), or its launch had begun (<see cref="IJobBackend.FindUnlaunchedAsync"/>),
/// or it was only taken: then it stands in the <see cref="IJobJournal"/> alone.
/// </remarks>
internal sealed class JobAdoption(
    IJobBackend backend,
    JobSupervisor supervisor,
    IJobJournal journal,
    JobTakeUp takeUp,
    IEnumerable<RunnerPool> pools,
    AgentHealth health,
    SupervisionOptions options,
    TimeProvider time,
    ILogger<JobAdoption> logger) : BackgroundService
{
    private readonly List<RunnerPool> _pools = [.. pools];
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<JournalEntry> _started = []; // jobs whose place was not found at the last look

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
                await LookAsync(watched, stoppingToken);
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

    private async Task LookAsync(List<Task> watched, CancellationToken stoppingToken)
    {
        // The journal first: a job whose agent ends in between is left for the next look, and none is seen without its place.
        var entries = (await journal.TakeAbandonedAsync(stoppingToken)).ToList();
        try
        {
            foreach (var handle in await backend.AdoptAsync(stoppingToken))
            {
                watched.Add(AdoptAsync(handle, await TakeAsync(handle, entries, stoppingToken)));
            }

            foreach (var launch in await backend.FindUnlaunchedAsync(stoppingToken))
            {
                logger.JobTakenUp(launch.JobId.ToString(), launch.Pool);
                watched.Add(FollowAsync(launch.Pool, () => Task.FromResult<JobRun?>(supervisor.TakeUp(launch, kept: null))));
            }
        }
        catch (InfrastructureException)
        {
            entries.ForEach(entry => entry.Dispose());
            throw;
        }

        // A job that had started and is nowhere may have its place taken over by another agent just now; the second look sees whose it is.
        foreach (var entry in _started)
        {
            watched.Add(FollowAsync(entry.Record.Pool, () => takeUp.StartAsync(entry, PoolOf(entry.Record.Pool), stoppingToken)));
        }

        _started.Clear();
        _started.AddRange(entries.Where(entry => entry.Record.HasStarted));
        foreach (var entry in entries.Where(entry => !entry.Record.HasStarted))
        {
            watched.Add(FollowAsync(entry.Record.Pool, () => takeUp.StartAsync(entry, PoolOf(entry.Record.Pool), stoppingToken)));
        }
    }

    /// <summary>What the journal has of an adopted job: taken out of what is at hand, or, where its agent ended during this look, of the journal.</summary>
    private async Task<JournalEntry?> TakeAsync(IJobHandle handle, List<JournalEntry> entries, CancellationToken cancellationToken)
    {
        var entry = Find(entries) ?? Find(_started);
        if (entry is null && journal.KeepsToTheEnd)
        {
            entries.AddRange(await journal.TakeAbandonedAsync(cancellationToken));
            entry = Find(entries);
        }

        if (entry is not null)
        {
            entries.Remove(entry);
            _started.Remove(entry);
        }

        return entry;

        JournalEntry? Find(List<JournalEntry> all) => all.Find(candidate => candidate.Record.JobId == handle.JobId.Value);
    }

    private Task AdoptAsync(IJobHandle handle, JournalEntry? entry)
    {
        logger.JobAdopted(handle.JobId.ToString(), handle.Location, handle.Launch.Pool);
        return FollowAsync(handle.Launch.Pool, () => Task.FromResult<JobRun?>(supervisor.Adopt(handle, entry)));
    }

    private async Task FollowAsync(string poolName, Func<Task<JobRun?>> start)
    {
        var pool = PoolOf(poolName);
        pool?.Capacity.EnterAdopted();
        try
        {
            if (await start() is { } run)
            {
                await run.Ended;
            }
        }
        finally
        {
            pool?.Capacity.Leave();
        }
    }

    private RunnerPool? PoolOf(string name) => _pools.Find(pool => pool.Name == name);
}
