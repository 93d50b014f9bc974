using Microsoft.Extensions.Hosting;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Backends;

namespace Runner.Agent.Supervision;

/// <summary>Looks after how many jobs each pool may take: tells its room to those that wait for some, and to people.</summary>
internal sealed class PoolOffers(
    IEnumerable<RunnerPool> pools, IJobBackend backend, LaunchBreakers breakers, AgentHealth health, AgentMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<RunnerPool> _pools = [.. pools];

    /// <summary>Looks once.</summary>
    public void Look() => _pools.ForEach(Look);

    /// <summary>How many more jobs a pool takes.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="assigned">Jobs that GitHub has assigned to it and that no runner has taken; runners that wait are for these.</param>
    public PoolOffer For(RunnerPool pool, int assigned)
    {
        var breaker = breakers.For(pool.Name);
        var (idle, launching) = pool.Room.Unplaced;
        return PoolOffer.Of(new PoolState(
            pool.Size, pool.Capacity.InUse, Math.Max(assigned, idle) + launching, pool.Room.Room, breaker.Obstacle, breaker.WantsProbe));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loop = health.Watch("offers", pool: null);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                Look();
                loop.Turn(isReady: true);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            loop.Park();
        }
    }

    // A job that was taken and waits for room is the sign that there is none, whatever is known of quotas.
    private JobRoom RoomOf(RunnerPool pool) =>
        breakers.For(pool.Name).Crowd is { } crowd ? new JobRoom(0, RoomLimit.Quota, crowd) : backend.RoomFor(pool.Kind);

    private void Look(RunnerPool pool)
    {
        pool.Room.Look(() => RoomOf(pool));
        var offer = For(pool, assigned: 0);
        health.Explain(pool.Name, offer.HeldBack == 0 ? null : $"takes {Math.Max(0, offer.Free)} more job(s), and holds {offer.HeldBack} place(s) back: {offer.Why}");
        metrics.HeldBack(pool.Name, offer.Reason.ToString().ToLowerInvariant(), offer.HeldBack);
    }
}
