using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Supervision;
using Runner.Backends;
using Runner.GitHub;
using Runner.Jobs.Errors;

namespace Runner.Agent.Sources;

/// <summary>Takes the jobs of all pools, each by the source of its mode, and ends with the last job that is not left to a successor.</summary>
internal sealed class JobSources(
    IEnumerable<RunnerPool> pools,
    IEnumerable<IPoolSource> sources,
    StaleRunners stale,
    JobAdoption adoption,
    JobSupervisor supervisor,
    AgentHealth health,
    LaunchBreakers breakers,
    PoolOffers offers,
    AgentMetrics metrics,
    AgentOptions options,
    GitHubEndpoint endpoint,
    IJobBackend backend,
    ILogger<JobSources> logger) : BackgroundService
{
    private readonly List<RunnerPool> _pools = [.. pools];

    /// <summary>Tries the credentials, and clears what an earlier run left.</summary>
    /// <exception cref="OperatorException">GitHub refuses: nothing would work.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // Before anybody can ask: an agent is not ready because its loops have not begun yet.
        health.Watch(backend);
        _pools.ForEach(pool => health.Expect(pool.Name, () => breakers.For(pool.Name).Obstacle));
        foreach (var pool in _pools)
        {
            try
            {
                await stale.RemoveAsync(pool, cancellationToken);
            }
            catch (InfrastructureException error)
            {
                // GitHub may be down just now; the slots wait for it.
                logger.SlotRetries("Clearing old registrations", 1, pool.Name, 0, error.Message);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Jobs of an agent that died take their places first.
        await adoption.FirstLook.WaitAsync(stoppingToken);
        logger.AgentStarted(options.Agent.Instance ?? Environment.MachineName, endpoint.Url, _pools.Count, _pools.Sum(pool => pool.Size), backend.Name);
        var loops = new List<Task>();
        offers.Look();
        foreach (var pool in _pools)
        {
            metrics.PoolOpened(pool.Name, pool.Size);
            loops.AddRange(sources.Select(source => source.Start(pool, stoppingToken)).OfType<IReadOnlyList<Task>>().Single());
        }

        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stop = stoppingToken.Register(stopping.SetResult);

        // A loop ends before it is told to by a bug only: that ends the agent, so that it is seen.
        var first = await Task.WhenAny([.. loops, stopping.Task]);
        if (!stoppingToken.IsCancellationRequested)
        {
            await first;
        }

        await supervisor.DrainAsync(Drain.Timeout(options), Task.WhenAll(loops));
    }
}
