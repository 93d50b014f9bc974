using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Room;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Watch;

namespace Runner.Kubernetes.Warm;

/// <summary>Keeps pods that wait for jobs, of the pools that want it, and hands them out. Each agent keeps its own.</summary>
/// <remarks>
/// One that was lost a moment ago shows when a job is to have it, and the job then gets another one, or a pod of its own. Those of an agent that is gone are
/// taken over. Jobs come first: where one finds no room, pods that wait give way.
/// </remarks>
internal sealed class WarmPods
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenYields = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan GivingWay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private static readonly WarmOptions NoneWaits = new();

    private readonly LoopPulse _pulse;
    private readonly PodWatch _watch;
    private readonly JobCluster _cluster;
    private readonly AgentLease _lease;
    private readonly WarmOwnership _ownership;
    private readonly PodWatch _jobs;
    private readonly ClusterRoom _room;
    private readonly KubernetesOptions _options;
    private readonly string _owner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WarmPodBuilder _builder;
    private readonly Dictionary<string, WaitingPool> _pools;
    private volatile TaskCompletionSource _changed = NewSignal();
    private long _heldSince;
    private DateTimeOffset _nextYield;

    /// <summary>Pods for the jobs of some pools; nothing is done before <see cref="RunAsync"/>.</summary>
    public WarmPods(
        IEnumerable<WarmPool> pools, JobCluster cluster, AgentLease lease, PodWatch jobs, ClusterRoom room, KubernetesOptions options, string owner, TimeProvider time, ILogger logger)
    {
        (_cluster, _lease, _jobs, _room, _options, _owner, _time, _logger) = (cluster, lease, jobs, room, options, owner, time, logger);
        _builder = new WarmPodBuilder(options);
        _ownership = new WarmOwnership(cluster, lease, owner, time);
        _pools = pools.Where(pool => pool.Options.Most > 0).ToDictionary(pool => pool.Kind.Pool, pool => new WaitingPool(pool), StringComparer.Ordinal);
        _watch = new PodWatch(cluster, PodLabels.WarmSelector(options.InstanceInUse), time, logger, "watch on pods that wait") { Changed = () => _changed.TrySetResult() };
        _pulse = new LoopPulse("pods that wait for jobs", 2 * GivingWay, time);
    }

    /// <summary>How its loops go.</summary>
    public IReadOnlyList<LoopPulse> Pulses => _pools.Count > 0 ? [_watch.Pulse, _pulse] : [];

    /// <summary>How many of a pool wait, and what became of its jobs; <c>null</c>: it has none that wait.</summary>
    public WarmCount? CountOf(string pool) => _pools.TryGetValue(pool, out var kept) ? kept.Count() : null;

    /// <summary>A pod that waits for just such a job, which nobody else gets then; <c>null</c>: there is none.</summary>
    public V1Pod? Take(JobLaunch launch, PodPlacement placement, ClusterFeatures features)
    {
        if (!_pools.TryGetValue(launch.Pool, out var kept) || !WarmPodBuilder.CanHold(launch) || _builder.ShapeOf(launch.Pool, placement, features) != kept.Shape)
        {
            return null;
        }

        var pod = kept.Take();
        _changed.TrySetResult();
        return pod;
    }

    /// <summary>One that was taken is not used: the next look shows it, if it is there and waits.</summary>
    public void PutBack(string pool, V1Pod pod)
    {
        _pools[pool].PutBack(pod.Metadata.Name);
        _changed.TrySetResult();
    }

    /// <summary>A job has one.</summary>
    public void Given(string pool)
    {
        if (_pools.TryGetValue(pool, out var kept))
        {
            kept.Given();
        }
    }

    /// <summary>Those that wait or start, of all pools: they are given to jobs, or give way to them.</summary>
    public IEnumerable<V1Pod> Waiting => _pools.Values.SelectMany(kept => kept.Pods);

    /// <summary>A job finds no room: the one that waits for the longest goes, if there is one, and none is made for a while.</summary>
    public Task GiveWayAsync(CancellationToken cancellationToken) => GiveWayAsync(_ => true, cancellationToken);

    private async Task GiveWayAsync(Func<V1Pod, bool> helps, CancellationToken cancellationToken)
    {
        var oldest = from kept in _pools.Values
                     let pod = kept.Oldest(helps)
                     where pod is not null
                     orderby WarmRules.StartOf(pod)
                     select (Kept: kept, Pod: pod);
        foreach (var (kept, pod) in oldest.Take(1))
        {
            Interlocked.Exchange(ref _heldSince, _time.GetTimestamp());
            _logger.WarmPodGivesWay(pod.Metadata.Name);
            await RemoveAsync(kept, pod, cancellationToken);
            _room.Look();
        }
    }

    // Only as it was seen: it may be a job's, or another agent's, by now.
    private async Task RemoveAsync(WaitingPool kept, V1Pod pod, CancellationToken cancellationToken)
    {
        if (!kept.Remove(pod))
        {
            return;
        }

        var isRemoved = false;
        try
        {
            isRemoved = await _cluster.DeleteUnchangedAsync("Pod", pod.Metadata, TimeSpan.Zero, cancellationToken);
        }
        finally
        {
            if (!isRemoved)
            {
                kept.PutBack(pod.Metadata.Name); // it is there still, and the next look decides
            }
        }
    }

    /// <summary>Keeps them until it is cancelled. They stay then, for the agent that comes.</summary>
    public async Task RunAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        await _lease.Held.WaitAsync(cancellationToken);
        foreach (var kept in _pools.Values)
        {
            Shape(kept, features);
        }

        if (_pools.Count == 0)
        {
            await RemoveEarlierAsync(cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [_watch.RunAsync(ending.Token), KeepAsync(features, ending.Token)];
        var first = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    // Of settings that are no more; their agent may be about to go.
    private async Task RemoveEarlierAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var all = await _cluster.ListPodsAsync(PodLabels.WarmSelector(_options.InstanceInUse), cancellationToken);
                await RemoveStrangersAsync(await _ownership.FindAsync(all, cancellationToken), cancellationToken);
            }
            catch (InfrastructureException error)
            {
                _logger.WarmPodsNotKept(error.Message);
            }

            await Task.Delay(BetweenLooks, _time, cancellationToken);
        }
    }

    private async Task KeepAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.Register(_pulse.Stop);
        await _watch.SnapshotAsync(cancellationToken);
        while (true)
        {
            _changed = NewSignal();
            try
            {
                await TurnAsync(features, cancellationToken);
                _pulse.Turn();
            }
            catch (InfrastructureException error)
            {
                _pulse.Fail(error.Message);
                _logger.WarmPodsNotKept(error.Message);
            }

            await PauseAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_changed.Task, Task.Delay(Interval, _time, ending.Token));
        await ending.CancelAsync();
        await Task.Delay(Together, _time, cancellationToken); // jobs come in bursts
    }

    private void Shape(WaitingPool kept, ClusterFeatures features)
    {
        try
        {
            var placement = PlacementRules.Place(kept.Pool.Kind.Labels, kept.Pool.Kind.Platform, _options);
            (kept.Shape, kept.Placement) = (_builder.ShapeOf(kept.Pool.Kind.Pool, placement, features), placement);
        }
        catch (WorkflowException error)
        {
            _logger.WarmPodsNotKept(error.Message); // its jobs are told, too
        }
    }

    private async Task TurnAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        var ours = await _ownership.FindAsync([.. _watch.Pods], cancellationToken);
        await YieldToJobsAsync(cancellationToken);
        await RemoveStrangersAsync(ours, cancellationToken);
        foreach (var kept in _pools.Values)
        {
            await TurnAsync(kept, [.. ours.Where(pod => IsOf(kept, pod))], features, cancellationToken);
        }
    }

    // Of pools that have none any more.
    private async Task RemoveStrangersAsync(IEnumerable<V1Pod> ours, CancellationToken cancellationToken)
    {
        foreach (var pod in ours.Where(pod => !_pools.Values.Any(kept => IsOf(kept, pod))))
        {
            await _cluster.DeleteUnchangedAsync("Pod", pod.Metadata, TimeSpan.Zero, cancellationToken);
        }
    }

    private async Task TurnAsync(WaitingPool kept, IReadOnlyList<V1Pod> pods, ClusterFeatures features, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var seen = kept.See(pods, now);
        foreach (var pod in kept.NewlyReady())
        {
            _logger.WarmPodReady(pod.Metadata.Name, kept.Pool.Kind.Pool);
        }

        var isTaking = kept.Pool.IsTaking();
        kept.LastTaking = isTaking ? now : kept.LastTaking;
        if (!isTaking && now - kept.LastTaking < GivingWay)
        {
            return; // an agent that ends leaves them to the next one
        }

        var turn = isTaking
            ? WarmRules.Decide(seen, kept.Shape, kept.Demand.Wanted, kept.Pool.Options, _options.Start, now)
            : WarmRules.Decide(seen, kept.Shape, wanted: 0, NoneWaits, _options.Start, now);
        kept.Demand.Idle(turn.Idle);
        foreach (var pod in turn.Remove)
        {
            await RemoveAsync(kept, pod, cancellationToken);
        }

        if (turn.Failures.Count > 0)
        {
            Pause(kept, turn.Failures[0], now);
        }
        else if (seen.Any(WarmRules.IsReady))
        {
            kept.Pause = TimeSpan.Zero;
        }

        for (var made = 0; made < turn.Create && now >= kept.PausedUntil && !IsHeld && kept.Placement is { } placement; made++)
        {
            await MakeAsync(kept, placement, features, cancellationToken);
        }
    }

    // Jobs that find no room come first.
    private bool IsHeld => Interlocked.Read(ref _heldSince) is var since and not 0 && _time.GetElapsedTime(since) < GivingWay;

    private async Task MakeAsync(WaitingPool kept, PodPlacement placement, ClusterFeatures features, CancellationToken cancellationToken)
    {
        if (_room.For(kept.Pool.Kind with { MustFit = false }) is { Places: < 1 })
        {
            return;
        }

        try
        {
            var pod = await _cluster.CreatePodAsync(_builder.Build(kept.Pool.Kind.Pool, placement, features, _owner), cancellationToken);
            kept.Add(pod, _time.GetUtcNow());
            _room.Made(pod);
            _logger.WarmPodMade(pod.Metadata.Name, kept.Pool.Kind.Pool);
        }
        catch (InfrastructureException error) when (ApiErrors.IsRefusal(error))
        {
            Pause(kept, error.Message, _time.GetUtcNow());
        }
    }

    private void Pause(WaitingPool kept, string why, DateTimeOffset now)
    {
        kept.Pause = kept.Pause == TimeSpan.Zero ? FirstPause : kept.Pause * 2 < LongestPause ? kept.Pause * 2 : LongestPause;
        kept.PausedUntil = now + kept.Pause;
        _logger.WarmPodFailed(kept.Pool.Kind.Pool, kept.Pause.TotalSeconds, why);
    }

    // One at a time: the scheduler has to see first what that brought.
    private async Task YieldToJobsAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (now < _nextYield || WaitingPods.Lack(_jobs.Pods, now) is not { Count: > 0 } lacking)
        {
            return;
        }

        _nextYield = now + BetweenYields;
        await GiveWayAsync(pod => lacking.Any(resource => PodNeeds.Has(pod, resource)), cancellationToken);
    }

    private static bool IsOf(WaitingPool kept, V1Pod pod) =>
        pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(PodLabels.PoolName, out var pool) && pool == kept.Pool.Kind.Pool;
}
