using System.Collections.Concurrent;
using Runner.Agent.Configuration;

namespace Runner.Agent.Monitoring;

/// <summary>Knows whether the agent's loops turn and whether its pools can take jobs.</summary>
internal sealed class AgentHealth(SupervisionOptions options, TimeProvider time)
{
    private readonly ConcurrentBag<LoopHealth> _loops = [];

    /// <summary>Begins to watch a loop.</summary>
    /// <param name="name">For people.</param>
    /// <param name="pool">The pool that it takes jobs for, or <c>null</c>.</param>
    public LoopHealth Watch(string name, string? pool)
    {
        var loop = new LoopHealth(name, pool, time);
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Loops that have not turned for too long; empty: the agent is alive.</summary>
    public IReadOnlyList<string> Stuck() =>
        [.. _loops.Where(loop => loop.SinceTurn() > options.LivenessTimeout).Select(loop => $"{loop.Name}: no turn for {loop.SinceTurn().TotalSeconds:F0} s").Order()];

    /// <summary>Pools of which no slot waits for a job or has one; empty: the agent is ready.</summary>
    public IReadOnlyList<string> NotReady() =>
        [.. _loops.Where(loop => loop.Pool is not null).GroupBy(loop => loop.Pool).Where(pool => !pool.Any(loop => loop.IsReady)).Select(pool => $"pool {pool.Key}: no session with GitHub").Order()];
}

/// <summary>One loop's last turn.</summary>
internal sealed class LoopHealth(string name, string? pool, TimeProvider time)
{
    private const long Parked = 0;

    private long _lastTurn = time.GetTimestamp();
    private volatile bool _isReady;

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
        Volatile.Write(ref _lastTurn, time.GetTimestamp());
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
