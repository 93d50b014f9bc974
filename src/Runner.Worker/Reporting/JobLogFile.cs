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

    /// <summary>Opens it; <c>null</c>: nothing was logged yet, or it is at GitHub as a whole.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
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
