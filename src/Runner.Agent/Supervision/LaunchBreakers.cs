using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Runner.Agent.Monitoring;

namespace Runner.Agent.Supervision;

/// <summary>The breaker of each pool.</summary>
internal sealed class LaunchBreakers(AgentMetrics metrics, TimeProvider time, ILogger<LaunchBreaker> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, LaunchBreaker> _breakers = new(StringComparer.Ordinal);

    /// <summary>That of a pool.</summary>
    public LaunchBreaker For(string pool) => _breakers.GetOrAdd(pool, name => new LaunchBreaker(name, metrics, time, logger));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var breaker in _breakers.Values)
        {
            breaker.Dispose();
        }
    }
}
