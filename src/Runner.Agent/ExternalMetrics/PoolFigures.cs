using Runner.Agent.Pools;
using Runner.Agent.Queue;
using Runner.Backends;

namespace Runner.Agent.ExternalMetrics;

/// <summary>The figures of pools that autoscalers may ask for. What is not known has no value.</summary>
internal sealed class PoolFigures
{
    private readonly List<RunnerPool> _pools;
    private readonly Dictionary<string, Func<RunnerPool, int?>> _figures;

    /// <summary>Of these pools.</summary>
    public PoolFigures(IEnumerable<RunnerPool> pools, QueueBook book, IJobBackend backend)
    {
        _pools = [.. pools];
        _figures = new Dictionary<string, Func<RunnerPool, int?>>(StringComparer.Ordinal)
        {
            ["runner_github_queued_jobs"] = pool => book.Find(pool.Name)?.Queued,
            ["runner_wanted_jobs"] = pool => book.Find(pool.Name)?.Wanted,
            ["runner_queue_jobs"] = pool => backend.CountJobs(pool.Name)?.Launching,
            ["runner_jobs_running"] = pool => backend.CountJobs(pool.Name)?.Running,
            ["runner_capacity_jobs"] = pool => pool.Size,
        };
    }

    /// <summary>Their names: those of the metrics of the same meaning, but for all agents together, <c>runner_capacity_jobs</c> excepted.</summary>
    public IReadOnlyCollection<string> Names => _figures.Keys;

    /// <summary>A figure of the pools that a selector takes; <c>null</c>: there is no such figure.</summary>
    public IReadOnlyList<(string Pool, int Value)>? Find(string name, PoolSelector selector) => _figures.TryGetValue(name, out var figure)
        ? [.. from pool in _pools where selector.Takes(pool.Name) let value = figure(pool) where value is not null select (pool.Name, value.Value)]
        : null;
}
