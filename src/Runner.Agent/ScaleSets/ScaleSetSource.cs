using Microsoft.Extensions.Logging;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>Pools in the mode <c>scaleset</c>: a listener, and slots that it gives orders to.</summary>
internal sealed class ScaleSetSource(
    ScaleSetClient client,
    SetSetup setup,
    SetSession sessions,
    RunnerSlot slot,
    SlotPipelines pipelines,
    PoolOffers offers,
    JobSupervisor supervisor,
    RegistrationGate gate,
    AgentHealth health,
    AgentMetrics metrics,
    GitHubBoard board,
    TimeProvider time,
    ILogger<ScaleSetSource> logger) : IPoolSource
{
    public IReadOnlyList<Task>? Start(RunnerPool pool, CancellationToken stopping)
    {
        if (pool.Mode != PoolMode.ScaleSet)
        {
            return null;
        }

        metrics.SetSession(pool.Name, pool.Size, isHeld: false);
        var orders = new ScaleSetOrders(pool, client, supervisor, gate, time, logger);
        var listener = new ScaleSetListener(
            pool,
            orders,
            setup,
            sessions,
            pipelines,
            offers,
            supervisor,
            health.Watch($"scale set {pool.Name}", pool.Name),
            metrics,
            time,
            logger,
            board);

        // Whether the pool is ready says its session alone, so its slots are watched for their turning only.
        return
        [
            listener.RunAsync(stopping),
            .. Enumerable.Range(1, pool.Size).Select(number => slot.RunAsync(pool, orders, health.Watch($"slot {pool.Name}/{number}", pool: null), stopping)),
        ];
    }
}
