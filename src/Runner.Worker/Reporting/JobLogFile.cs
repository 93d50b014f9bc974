namespace Runner.Worker.Reporting;

/// <summary>
/// The log of the whole job, as it is spooled: masked, and in the form in which it is sent. Whoever watches a running job reads it, so it is no older than
/// a moment on disk; a job of which nobody cares costs two writes a second of it at most.
/// </summary>
internal sealed class JobLogFile : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(500);

    private readonly LogSpool _spool;
    private readonly ITimer _timer;
    private bool _isDue;

    /// <summary>Keeps the file of a spool new.</summary>
    public JobLogFile(LogSpool spool, TimeProvider time)
    {
        _spool = spool;
        _timer = time.CreateTimer(_ => Write(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A line was added.</summary>
    public void Grow()
    {
        if (!Volatile.Read(ref _isDue))
        {
            Volatile.Write(ref _isDue, true);
            _timer.Change(Age, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Write()
    {
        Volatile.Write(ref _isDue, false); // before: what comes from here on is written by the next turn
        _spool.WriteThrough();
    }
}
