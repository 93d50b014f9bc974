namespace Runner.Worker.Reporting;

/// <summary>
/// The log of the whole job, as it is spooled: masked, and in the form in which it is sent. Whoever watches a running job reads it, and whoever finds its worker
/// killed has the end of it, so it is no older than a moment on disk.
/// </summary>
/// <remarks>A line after a pause is there soon, as it may be the last; a job that goes on printing costs few writes a second.</remarks>
internal sealed class JobLogFile : IDisposable
{
    private static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostAge = TimeSpan.FromMilliseconds(500);

    private readonly Lock _turn = new();
    private readonly LogSpool _spool;
    private readonly Action _written;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _age = LeastAge;
    private long _writtenAt;
    private bool _isDue;

    /// <summary>Keeps the file of a spool new.</summary>
    /// <param name="spool">The spool.</param>
    /// <param name="written">Called after it.</param>
    /// <param name="time">The clock.</param>
    public JobLogFile(LogSpool spool, Action written, TimeProvider time)
    {
        _spool = spool;
        _written = written;
        _time = time;
        _timer = time.CreateTimer(_ => Write(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A line was added, or a part of it was sent.</summary>
    public void Grow()
    {
        if (!Interlocked.Exchange(ref _isDue, true))
        {
            var hasPaused = _writtenAt == 0 || _time.GetElapsedTime(_writtenAt) > MostAge;
            _age = hasPaused ? LeastAge : _age * 2 < MostAge ? _age * 2 : MostAge;
            _timer.Change(_age, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Write()
    {
        _writtenAt = _time.GetTimestamp();
        Volatile.Write(ref _isDue, false); // before: what comes from here on is written by the next turn
        lock (_turn)
        {
            _spool.WriteThrough();
            _written(); // one after the other, lest an older turn on a slow disk has the last word
        }
    }
}
