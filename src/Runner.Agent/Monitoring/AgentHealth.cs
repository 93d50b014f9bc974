using System.Collections.Concurrent;
using Runner.Agent.Configuration;
using Runner.Backends;

namespace Runner.Agent.Monitoring;

/// <summary>Knows whether the agent's loops turn and whether its pools can take jobs.</summary>
internal sealed class AgentHealth(SupervisionOptions options, TimeProvider time)
{
    private readonly ConcurrentBag<LoopHealth> _loops = [];
    private readonly ConcurrentDictionary<string, string> _obstacles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<string?>> _pools = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _remarks = new(StringComparer.Ordinal);
    private IJobBackend? _backend;

    /// <summary>Begins to watch a loop.</summary>
    /// <param name="name">For people.</param>
    /// <param name="pool">The pool that it takes jobs for, or <c>null</c>.</param>
    public LoopHealth Watch(string name, string? pool)
    {
        var loop = new LoopHealth(name, pool, time);
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Watches the loops of a backend too.</summary>
    public void Watch(IJobBackend backend) => _backend = backend;

    /// <summary>The agent is ready only if this pool takes jobs.</summary>
    /// <param name="pool">Its name.</param>
    /// <param name="obstacle">Says why it takes none though it could talk with GitHub, or <c>null</c>.</param>
    public void Expect(string pool, Func<string?> obstacle) => _pools[pool] = obstacle;

    /// <summary>Says of a pool what is no fault but good to know, or, with <c>null</c>, nothing any more.</summary>
    public void Explain(string pool, string? remark)
    {
        if (remark is null)
        {
            _remarks.TryRemove(pool, out _);
        }
        else
        {
            _remarks[pool] = remark;
        }
    }

    /// <summary>What is no fault but good to know: one line each.</summary>
    public IReadOnlyList<string> Remarks() => [.. _remarks.Select(remark => $"pool {remark.Key}: {remark.Value}").Order()];

    /// <summary>Something that all pools need is not as it should be, or, with <c>null</c>, is again.</summary>
    public void Obstruct(string what, string? why)
    {
        if (why is null)
        {
            _obstacles.TryRemove(what, out _);
        }
        else
        {
            _obstacles[what] = why;
        }
    }

    /// <summary>Loops that have not turned for too long; empty: the agent is alive.</summary>
    public IReadOnlyList<string> Stuck() =>
    [
        .. _loops.Select(loop => (loop.Name, Since: loop.SinceTurn(), Limit: options.LivenessTimeout))
            .Concat(Pulses.Select(pulse => (pulse.Name, Since: pulse.SinceTurn, Limit: Longer(options.LivenessTimeout, pulse.Allowed))))
            .Where(loop => loop.Since > loop.Limit)
            .Select(loop => $"{loop.Name}: no turn for {loop.Since.TotalSeconds:F0} s")
            .Order(),
    ];

    /// <summary>Why jobs of a pool are not taken: one line each for the backend and the pools; empty: the agent is ready.</summary>
    public IReadOnlyList<string> NotReady() =>
    [
        .. _obstacles.Select(obstacle => $"{obstacle.Key}: {obstacle.Value}").Order(),
        .. Pulses.Where(pulse => pulse.Trouble is not null).Select(pulse => $"{pulse.Name}: {pulse.Trouble}").Order(),
        .. _pools.Keys.Union(_loops.Select(loop => loop.Pool).OfType<string>()).Order().Select(NotReady).OfType<string>(),
    ];

    /// <summary>The backend's own loops.</summary>
    public IEnumerable<LoopPulse> Pulses => _backend?.Loops ?? [];

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private string? NotReady(string pool)
    {
        if (_pools.TryGetValue(pool, out var obstacle) && obstacle() is { } why)
        {
            return $"pool {pool}: takes no jobs, as none can be started: {why}";
        }

        var loops = _loops.Where(loop => loop.Pool == pool).ToList();
        if (loops.Any(loop => loop.IsReady))
        {
            return null;
        }

        var trouble = loops.Select(loop => loop.Trouble).FirstOrDefault(trouble => trouble is not null);
        return $"pool {pool}: no session with GitHub" + (trouble is null ? string.Empty : $": {trouble}");
    }
}

/// <summary>One loop's last turn.</summary>
internal sealed class LoopHealth(string name, string? pool, TimeProvider time)
{
    private const long Parked = 0;

    private long _lastTurn = time.GetTimestamp();
    private volatile bool _isReady;
    private volatile string? _trouble;

    /// <summary>Why its last turn failed, or <c>null</c>.</summary>
    public string? Trouble => _trouble;

    /// <summary>For people.</summary>
    public string Name => name;

    /// <summary>Pool that it takes jobs for, or <c>null</c>.</summary>
    public string? Pool => pool;

    /// <summary>Whether it waits for a job or has one.</summary>
    public bool IsReady => _isReady;

    /// <summary>The loop goes round.</summary>
    public void Turn(bool isReady)
    {
        _isReady = isReady;
        _trouble = isReady ? null : _trouble;
        Volatile.Write(ref _lastTurn, time.GetTimestamp());
    }

    /// <summary>A turn failed; the next comes after a pause.</summary>
    public void Fail(string why)
    {
        _isReady = false;
        _trouble = why;
        Volatile.Write(ref _lastTurn, time.GetTimestamp());
    }

    /// <summary>The loop waits until the whole pool may go on.</summary>
    public void Rest()
    {
        _isReady = false;
        Volatile.Write(ref _lastTurn, Parked);
    }

    /// <summary>The loop waits for something that may take any time: a job's end, a free place.</summary>
    public void Park()
    {
        _isReady = true;
        Volatile.Write(ref _lastTurn, Parked);
    }

    /// <summary>How long ago it went round; none where it is parked.</summary>
    public TimeSpan SinceTurn() => Volatile.Read(ref _lastTurn) is var turn and not Parked ? time.GetElapsedTime(turn) : TimeSpan.Zero;
}
