namespace Runner.Backends;

/// <summary>A loop's own word on how it goes, for whoever watches over it.</summary>
/// <param name="name">For people.</param>
/// <param name="allowed">How long a turn may take at most where all is well.</param>
/// <param name="time">The clock.</param>
public sealed class LoopPulse(string name, TimeSpan allowed, TimeProvider time)
{
    private const long NotRunning = 0;

    private long _lastTurn = NotRunning;
    private long _failures;
    private volatile string? _trouble;

    /// <summary>For people.</summary>
    public string Name => name;

    /// <summary>How long a turn may take at most where all is well.</summary>
    public TimeSpan Allowed => allowed;

    /// <summary>Why the last turn failed, or <c>null</c>: it did not.</summary>
    public string? Trouble => _trouble;

    /// <summary>How many turns failed so far.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>How long ago the loop went round; none where it does not run.</summary>
    public TimeSpan SinceTurn => Volatile.Read(ref _lastTurn) is var turn and not NotRunning ? time.GetElapsedTime(turn) : TimeSpan.Zero;

    /// <summary>The loop goes round, and all is well.</summary>
    public void Turn()
    {
        _trouble = null;
        Volatile.Write(ref _lastTurn, time.GetTimestamp());
    }

    /// <summary>The loop goes round, but what it did failed.</summary>
    public void Fail(string why)
    {
        _trouble = why;
        Interlocked.Increment(ref _failures);
        Volatile.Write(ref _lastTurn, time.GetTimestamp());
    }

    /// <summary>The loop has ended, as it was told to.</summary>
    public void Stop()
    {
        _trouble = null;
        Volatile.Write(ref _lastTurn, NotRunning);
    }
}
