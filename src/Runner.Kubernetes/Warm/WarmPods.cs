using System.Collections.Concurrent;
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
using Runner.Kubernetes.Status;
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
    private static readonly TimeSpan LookForAgents = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GivingWay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private const int MostTries = 5;

    private static readonly WarmOptions NoneWaits = new();

    private readonly LoopPulse _pulse;
    private readonly PodWatch _watch;
    private readonly JobCluster _cluster;
    private readonly AgentLease _lease;
    private readonly PodWatch _jobs;
    private readonly ClusterRoom _room;
    private readonly KubernetesOptions _options;
    private readonly string _owner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WarmPodBuilder _builder;
    private readonly Dictionary<string, WaitingPool> _pools;
    private readonly ConcurrentDictionary<string, byte> _unwanted = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _changed = NewSignal();
    private DateTimeOffset _heldUntil;
    private DateTimeOffset _nextLook;

    /// <summary>Pods for the jobs of some pools; nothing is done before <see cref="RunAsync"/>.</summary>
    public WarmPods(
        IEnumerable<WarmPool> pools, JobCluster cluster, AgentLease lease, PodWatch jobs, ClusterRoom room, KubernetesOptions options, string owner, TimeProvider time, ILogger logger)
    {
        (_cluster, _lease, _jobs, _room, _options, _owner, _time, _logger) = (cluster, lease, jobs, room, options, owner, time, logger);
        _builder = new WarmPodBuilder(options);
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

    /// <summary>Gives a pod that was taken to a job, for everybody to see; <c>null</c>: it cannot have it.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="launch">The job.</param>
    /// <param name="secret">Its Secret.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<V1Pod?> ClaimAsync(V1Pod pod, JobLaunch launch, V1Secret secret, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var annotations = PodLabels.AnnotationsOf(launch, _owner);
        annotations[PodLabels.Secret] = secret.Metadata.Name;
        annotations[PodLabels.TakenAt] = now.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (key, value) in PodLabels.Unmovable)
        {
            annotations[key] = value;
        }

        if (PayloadSecret.ReadOutcomeChecks(secret) is { } checks)
        {
            annotations[PodLabels.OutcomeChecks] = checks;
        }

        var age = now - (PodTimes.At(pod.Status?.StartTime) ?? now);
        var labels = PodLabels.LabelsOf(launch, _options.InstanceInUse);
        try
        {
            var given = await GiveAsync(pod);
            for (var tries = 1; given is null && tries < MostTries; tries++)
            {
                if (await _cluster.FindPodAsync(pod.Metadata.Name, cancellationToken) is not { } changed || !IsWaiting(changed))
                {
                    return null;
                }

                given = await GiveAsync(changed); // its status went on since it was seen
            }

            if (given is null)
            {
                _pools[launch.Pool].PutBack(pod.Metadata.Name);
                return null;
            }

            _pools[launch.Pool].Given();
            return given;
        }
        catch (InfrastructureException error)
        {
            _logger.WarmPodNotGiven(pod.Metadata.Name, launch.JobId, error.Message);
            await RemoveAsync(pod.Metadata.Name, cancellationToken); // perhaps it was given all the same
            return null;
        }

        Task<V1Pod?> GiveAsync(V1Pod seen) => _cluster.GivePodAsync(seen, annotations, labels, age + _options.MaxJobTime, cancellationToken);
    }

    /// <summary>Removes a pod that cannot be used, now or when the API server is there again.</summary>
    public async Task RemoveAsync(string pod, CancellationToken cancellationToken)
    {
        _unwanted[pod] = 0;
        try
        {
            await _cluster.DeletePodAsync(pod, TimeSpan.Zero, cancellationToken);
            _unwanted.TryRemove(pod, out _);
        }
        catch (InfrastructureException error)
        {
            _logger.WarmPodKept(pod, error.Message);
        }
    }

    /// <summary>A job finds no room: one that waits goes, and none is made for a while.</summary>
    public async Task GiveWayAsync(CancellationToken cancellationToken)
    {
        _heldUntil = _time.GetUtcNow() + GivingWay;
        if (_pools.Values.OrderByDescending(kept => kept.Count().Ready).Select(kept => kept.TakeOldest()).OfType<V1Pod>().FirstOrDefault() is { } pod)
        {
            _logger.WarmPodGivesWay(pod.Metadata.Name);
            await RemoveAsync(pod.Metadata.Name, cancellationToken);
            _room.Look();
        }
    }

    /// <summary>Keeps them until it is cancelled. They stay then, for the agent that comes.</summary>
    public async Task RunAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        await _lease.Held.WaitAsync(cancellationToken);
        foreach (var kept in _pools.Values)
        {
            kept.Placement = Place(kept.Pool.Kind);
            kept.Shape = kept.Placement is { } placement ? _builder.ShapeOf(kept.Pool.Kind.Pool, placement, features) : null;
        }

        if (_pools.Count == 0)
        {
            await RemoveEarlierAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [_watch.RunAsync(ending.Token), KeepAsync(features, ending.Token)];
        var first = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    // Of settings that are no more.
    private async Task RemoveEarlierAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RemoveStrangersAsync(await FindOursAsync(await _cluster.ListPodsAsync(PodLabels.WarmSelector(_options.InstanceInUse), cancellationToken), cancellationToken), cancellationToken);
        }
        catch (InfrastructureException error)
        {
            _logger.WarmPodsNotKept(error.Message); // they end by themselves
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

    // What is wrong with the pool's labels, its jobs are told.
    private PodPlacement? Place(JobKind kind)
    {
        try
        {
            return PlacementRules.Place(kind.Labels, kind.Platform, _options);
        }
        catch (WorkflowException)
        {
            return null;
        }
    }

    private async Task TurnAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        foreach (var name in _unwanted.Keys)
        {
            await RemoveAsync(name, cancellationToken);
        }

        var ours = await FindOursAsync([.. _watch.Pods], cancellationToken);
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

        var turn = kept.Pool.IsTaking()
            ? WarmRules.Decide(seen, kept.Shape, kept.Demand.Wanted, kept.Pool.Options, _options.Start, now)
            : WarmRules.Decide(seen, kept.Shape, wanted: 0, NoneWaits, _options.Start, now);
        kept.Demand.Idle(turn.Idle);
        foreach (var pod in turn.Remove.Where(kept.Remove))
        {
            if (!await _cluster.DeleteUnchangedAsync("Pod", pod.Metadata, TimeSpan.Zero, cancellationToken))
            {
                kept.PutBack(pod.Metadata.Name); // it has changed since: the next look decides
            }
        }

        if (turn.Failures.Count > 0)
        {
            Pause(kept, turn.Failures[0], now);
        }
        else if (seen.Any(WarmRules.IsReady))
        {
            kept.Pause = TimeSpan.Zero;
        }

        for (var made = 0; made < turn.Create && now >= kept.PausedUntil && now >= _heldUntil && kept.Placement is { } placement; made++)
        {
            await MakeAsync(kept, placement, features, cancellationToken);
        }
    }

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

    // Those of this agent, and of agents that are gone: these are this one's from then on.
    private async Task<IReadOnlyList<V1Pod>> FindOursAsync(ICollection<V1Pod> all, CancellationToken cancellationToken)
    {
        var ours = all.Where(pod => PodLabels.OwnerOf(pod.Metadata) == _owner).ToList();
        if (ours.Count < all.Count && _time.GetUtcNow() >= _nextLook)
        {
            _nextLook = _time.GetUtcNow() + LookForAgents;
            var living = await _lease.FindLivingAsync(cancellationToken);
            foreach (var pod in all.Where(pod => PodLabels.OwnerOf(pod.Metadata) != _owner && living.IsGone(PodLabels.OwnerOf(pod.Metadata))))
            {
                var claim = new Dictionary<string, string> { [PodLabels.Owner] = _owner };
                if (await _cluster.PatchPodAsync(pod, claim, new Dictionary<string, string>(), cancellationToken) is { } claimed)
                {
                    ours.Add(claimed);
                }
            }
        }

        return ours;
    }

    // The scheduler's words tell a job that lacks room on the nodes from one that no node suits, which room would not help.
    private async Task YieldToJobsAsync(CancellationToken cancellationToken)
    {
        if (WaitingPods.LackRoom(_jobs.Pods, _time.GetUtcNow()))
        {
            await GiveWayAsync(cancellationToken);
        }
    }

    private bool IsWaiting(V1Pod pod) =>
        WarmRules.IsReady(pod) && PodLabels.OwnerOf(pod.Metadata) == _owner && !pod.Metadata.Labels.ContainsKey(PodLabels.JobId);

    private static bool IsOf(WaitingPool kept, V1Pod pod) =>
        pod.Metadata.Labels.TryGetValue(PodLabels.Pool, out var label) && label == LabelRules.ToValue(kept.Pool.Kind.Pool);
}
