using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Warm;

/// <summary>What is known of the pods of one pool that wait. Jobs take of it while it is looked after.</summary>
internal sealed class WaitingPool(WarmPool pool)
{
    // What was made and is not shown by then is gone again.
    private static readonly TimeSpan WatchLag = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<(V1Pod Pod, DateTimeOffset At)> _made = [];
    private HashSet<string> _ready = [];
    private IReadOnlyList<V1Pod> _pods = [];
    private long _given;
    private long _missed;

    /// <summary>Which pool.</summary>
    public WarmPool Pool => pool;

    /// <summary>How many are to wait.</summary>
    public WarmDemand Demand { get; } = new(pool.Options);

    /// <summary>As what they run, or <c>null</c>: its labels place nothing, which its jobs are told.</summary>
    public PodPlacement? Placement { get; set; }

    /// <summary>The shape they have, or <c>null</c>: it is not known yet, or there is none.</summary>
    public string? Shape { get; set => Volatile.Write(ref field, value); }

    /// <summary>When this agent took jobs of the pool the last time.</summary>
    public DateTimeOffset LastTaking { get; set; }

    /// <summary>For how long none is made, as the last ones could not be used.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>Until when that is.</summary>
    public DateTimeOffset PausedUntil { get; set; }

    /// <summary>Takes what the watch shows, less what was taken and with what was made meanwhile; gives what waits.</summary>
    public IReadOnlyList<V1Pod> See(IReadOnlyList<V1Pod> pods, DateTimeOffset now)
    {
        var names = pods.Select(pod => pod.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            _taken.IntersectWith(names);
            _made.RemoveAll(made => names.Contains(made.Pod.Metadata.Name) || now - made.At >= WatchLag);
            return _pods = [.. pods.Where(pod => !_taken.Contains(pod.Metadata.Name)), .. _made.Select(made => made.Pod)];
        }
    }

    /// <summary>One was made, which the watch will show.</summary>
    public void Add(V1Pod pod, DateTimeOffset now)
    {
        lock (_gate)
        {
            _made.Add((pod, now));
            _pods = [.. _pods, pod];
        }
    }

    /// <summary>Those that a job could have now and could not at the last look.</summary>
    public IReadOnlyList<V1Pod> NewlyReady()
    {
        lock (_gate)
        {
            var ready = _pods.Where(WarmRules.IsReady).ToList();
            List<V1Pod> fresh = [.. ready.Where(pod => !_ready.Contains(pod.Metadata.Name))];
            _ready = ready.Select(pod => pod.Metadata.Name).ToHashSet(StringComparer.Ordinal);
            return fresh;
        }
    }

    /// <summary>The newest whose worker waits, for a job; <c>null</c>: there is none, which is noted.</summary>
    public V1Pod? Take()
    {
        lock (_gate)
        {
            var pod = _pods.Where(WarmRules.IsReady).MaxBy(WarmRules.StartOf);
            if (pod is null)
            {
                _missed++;
                Demand.Miss();
                return null;
            }

            Remove(pod);
            return pod;
        }
    }

    /// <summary>The oldest of a kind; <c>null</c>: none waits.</summary>
    public V1Pod? Oldest(Func<V1Pod, bool> isOfKind)
    {
        lock (_gate)
        {
            return _pods.Where(isOfKind).MinBy(WarmRules.StartOf);
        }
    }

    /// <summary>Takes out one that is to be removed; false where a job has it by now.</summary>
    public bool Remove(V1Pod pod)
    {
        lock (_gate)
        {
            if (_pods.All(known => known.Metadata.Name != pod.Metadata.Name))
            {
                return false;
            }

            _pods = [.. _pods.Where(known => known.Metadata.Name != pod.Metadata.Name)];
            _made.RemoveAll(made => made.Pod.Metadata.Name == pod.Metadata.Name);
            _taken.Add(pod.Metadata.Name);
            return true;
        }
    }

    /// <summary>One that was taken out is seen again, if it is there.</summary>
    public void PutBack(string pod)
    {
        lock (_gate)
        {
            _taken.Remove(pod);
        }
    }

    /// <summary>Those that are known.</summary>
    public IReadOnlyList<V1Pod> Pods
    {
        get
        {
            lock (_gate)
            {
                return _pods;
            }
        }
    }

    /// <summary>One has its job.</summary>
    public void Given() => Interlocked.Increment(ref _given);

    /// <summary>How many there are.</summary>
    public WarmCount Count()
    {
        lock (_gate)
        {
            var ready = _pods.Count(WarmRules.IsReady);
            return new WarmCount(ready, _pods.Count - ready, Interlocked.Read(ref _given), _missed);
        }
    }
}
