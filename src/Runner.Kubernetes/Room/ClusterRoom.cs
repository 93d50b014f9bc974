using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Watch;

namespace Runner.Kubernetes.Room;

/// <summary>Knows how many more pods the namespace has room for: its quotas, and, for pools that want it, whether a pod would be let in and get a node.</summary>
/// <remarks>
/// A quota's status counts a pod from its creation, but what was read before that does not: such pods are added until a list that was asked for later
/// has come. Whoever may not read quotas knows of no limit; the API server's refusal is then the only sign, and jobs wait.
/// </remarks>
internal sealed class ClusterRoom(JobCluster cluster, PodWatch watch, KubernetesOptions options, TimeProvider time, ILogger logger)
{
    private static readonly JobRoom NotRead = new(0, RoomLimit.Unplaceable, "the cluster has not said yet whether the namespace has a quota");

    private static readonly JobRoom NotTried = new(0, RoomLimit.Unplaceable, "it was not tried yet whether the cluster takes the pool's pods");

    // What a try is answered by that says nothing of the pod: its quota's matter, a quota not counted yet, a webhook that takes no tries.
    private static readonly string[] NoRefusals = ["exceeded quota", "status unknown for quota", "does not support dry run"];

    private static readonly TimeSpan WithQuota = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WithoutQuota = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NotAllowed = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DryRunAge = TimeSpan.FromMinutes(1);

    private readonly SamplePods _samples = new(options);
    private readonly ConcurrentDictionary<string, DryRun> _dryRuns = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly List<(ImmutableDictionary<string, decimal> Needs, long Read)> _uncounted = [];
    private IReadOnlyList<V1ResourceQuota>? _quotas;
    private TaskCompletionSource _changed = NewSignal();
    private long _reads;
    private string? _trouble;

    /// <summary>How many more jobs of a kind there is room for, as was last seen.</summary>
    /// <param name="kind">Of which jobs.</param>
    /// <param name="yielding">Pods that go where a job needs their room.</param>
    public JobRoom For(JobKind kind, IEnumerable<V1Pod>? yielding = null)
    {
        lock (_gate)
        {
            if (_quotas is null)
            {
                return NotRead;
            }

            if ((_quotas.Count == 0 && !kind.MustFit) || _samples.Of(kind) is not { } pod)
            {
                return JobRoom.Unlimited;
            }

            var room = QuotaRules.RoomFor(_quotas, pod, [.. _uncounted.Select(taken => taken.Needs), .. (yielding ?? []).Select(PodNeeds.Freed)]);
            return kind.MustFit ? Least(room, TryOf(kind.Pool, pod).Room, WaitingPods.RoomFor(kind.Pool, watch.Pods, time.GetUtcNow())) : room;
        }
    }

    // A new one is tried now, and not when the next look at quotas is due.
    private DryRun TryOf(string pool, V1Pod pod)
    {
        if (!_dryRuns.TryGetValue(pool, out var known))
        {
            _dryRuns[pool] = known = new DryRun(pod);
            _changed.TrySetResult();
        }

        return known;
    }

    /// <summary>A pod was made.</summary>
    public void Made(V1Pod pod)
    {
        lock (_gate)
        {
            if (_quotas is { Count: > 0 })
            {
                _uncounted.Add((PodNeeds.Of(pod), _reads));
                _changed.TrySetResult();
            }
        }
    }

    /// <summary>A pod is over, or was refused: what was read of quotas is old.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_quotas is { Count: > 0 })
            {
                _changed.TrySetResult();
            }
        }
    }

    /// <summary>Reads until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var pause = await ReadAsync(cancellationToken);
            foreach (var dryRun in _dryRuns.Values.Where(dryRun => dryRun.Tried is not { } tried || time.GetElapsedTime(tried) >= DryRunAge))
            {
                await TryAsync(dryRun, cancellationToken);
            }

            await PauseAsync(pause, cancellationToken);
        }
    }

    private static JobRoom Least(params JobRoom[] rooms) => rooms.Where(room => room.Places is not null).MinBy(room => room.Places) ?? JobRoom.Unlimited;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<TimeSpan> ReadAsync(CancellationToken cancellationToken)
    {
        long read;
        lock (_gate)
        {
            read = ++_reads;
            _changed = NewSignal();
        }

        try
        {
            var quotas = await ApiCaller.CallOnceAsync(
                "list ResourceQuotas", token => cluster.Core.ListNamespacedResourceQuotaAsync(cluster.Namespace, cancellationToken: token), cancellationToken);
            _trouble = null;
            Take([.. quotas.Items], read);
            return quotas.Items.Count > 0 ? WithQuota : WithoutQuota;
        }
        catch (InfrastructureException error) when (error.StatusCode is (int)HttpStatusCode.Forbidden or (int)HttpStatusCode.NotFound)
        {
            Tell(error);
            Take([], read);
            return NotAllowed;
        }
        catch (InfrastructureException error)
        {
            Tell(error); // what was read before stays
            return WithQuota;
        }
    }

    private void Tell(InfrastructureException error)
    {
        if (_trouble != error.Message)
        {
            _trouble = error.Message;
            logger.QuotasUnknown(error.Message);
        }
    }

    private void Take(IReadOnlyList<V1ResourceQuota> quotas, long read)
    {
        lock (_gate)
        {
            _quotas = quotas;
            _uncounted.RemoveAll(taken => taken.Read < read);
        }
    }

    // Refusals for want of quota are the quota's matter; a server that is away, or that cannot try, refuses nothing.
    private async Task TryAsync(DryRun dryRun, CancellationToken cancellationToken)
    {
        dryRun.Tried = time.GetTimestamp();
        try
        {
            await ApiCaller.CallOnceAsync(
                "try to create a pod",
                token => cluster.Core.CreateNamespacedPodAsync(dryRun.Pod, cluster.Namespace, dryRun: "All", cancellationToken: token),
                cancellationToken);
            dryRun.Room = JobRoom.Unlimited;
        }
        catch (InfrastructureException error)
        {
            var isRefused = ApiErrors.IsRefusal(error) && !NoRefusals.Any(word => error.Message.Contains(word, StringComparison.Ordinal));
            dryRun.Room = isRefused ? new JobRoom(0, RoomLimit.Unplaceable, $"the cluster would refuse the pod: {error.Message}") : JobRoom.Unlimited;
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (!_dryRuns.IsEmpty && pause > WithoutQuota)
        {
            pause = WithoutQuota;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_changed.Task, Task.Delay(pause, time, ending.Token));
        await ending.CancelAsync();
        await Task.Delay(Together, time, cancellationToken); // pods come and go in bursts
    }

    private sealed class DryRun(V1Pod pod)
    {
        public V1Pod Pod => pod;

        public long? Tried { get; set; }

        public JobRoom Room { get; set; } = NotTried;
    }
}
