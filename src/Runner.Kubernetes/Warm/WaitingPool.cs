using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Warm;

/// <summary>What is known of the pods of one pool that wait. Jobs take of it while it is looked after.</summary>
internal sealed class WaitingPool(WarmPool pool)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
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

    /// <summary>For how long none is made, as the last ones could not be used.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>Until when that is.</summary>
    public DateTimeOffset PausedUntil { get; set; }

    /// <summary>Takes what a look has shown, less what was taken meanwhile; gives what waits.</summary>
    public IReadOnlyList<V1Pod> See(IReadOnlyList<V1Pod> pods)
    {
        lock (_gate)
        {
            // A list that was asked for before a pod got its job shows it still.
            _taken.IntersectWith(pods.Select(pod => pod.Metadata.Name));
            return _pods = [.. pods.Where(pod => !_taken.Contains(pod.Metadata.Name))];
        }
    }

    /// <summary>One was made.</summary>
    public void Add(V1Pod pod)
    {
        lock (_gate)
        {
            _pods = [.. _pods, pod];
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

    /// <summary>The oldest, to be removed; <c>null</c>: none waits.</summary>
    public V1Pod? TakeOldest()
    {
        lock (_gate)
        {
            var pod = _pods.MinBy(WarmRules.StartOf);
            return pod is not null && Remove(pod) ? pod : null;
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
            _taken.Add(pod.Metadata.Name);
            return true;
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
