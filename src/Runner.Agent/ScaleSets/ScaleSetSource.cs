using Microsoft.Extensions.Logging;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>Pools in the mode <c>scaleset</c>: a listener, and slots that it gives orders to, which come with the first order that finds none.</summary>
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

        return [listener.RunAsync(stopping), RunSlotsAsync(pool, orders, stopping)];
    }

    // An idle set has none: with a hundred sets of a hundred places each they would take more memory than all else.
    private async Task RunSlotsAsync(RunnerPool pool, ScaleSetOrders orders, CancellationToken stopping)
    {
        var slots = new List<Task>();
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            while (slots.Count < pool.Size)
            {
                await await Task.WhenAny(orders.ShortAsync(stopping), broken.Task);

                // Whether the pool is ready says its session alone, so its slots are watched for their turning only.
                var loop = health.Watch($"slot {pool.Name}/{slots.Count + 1}", pool: null);
                slots.Add(WatchAsync(slot.RunAsync(pool, orders, loop, stopping), broken));
            }

            await Task.WhenAny(Task.WhenAll(slots), broken.Task);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // That is what was asked for.
        }

        await Task.WhenAll(broken.Task.IsCompleted ? [broken.Task] : slots);
    }

    // A slot ends before it is told to by a bug only: that ends the agent, and not when the other slots have ended.
    private static async Task WatchAsync(Task slot, TaskCompletionSource broken)
    {
        try
        {
            await slot;
        }
        catch (Exception bug)
        {
            broken.TrySetException(bug);
            throw;
        }
    }
}
