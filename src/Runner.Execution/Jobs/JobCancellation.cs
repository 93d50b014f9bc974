namespace Runner.Execution.Jobs;

/// <summary>Why a job is to stop. Of two, the later one is the stronger.</summary>
public enum CancelReason
{
    /// <summary>Somebody cancelled it: steps whose condition holds for a cancelled job still run.</summary>
    User = 1,

    /// <summary>The runner is going down: nothing more runs, the job has failed.</summary>
    Shutdown = 2,

    /// <summary>The job's lock is lost, GitHub may have given it to another runner: nothing more runs.</summary>
    LockLost = 3,
}

/// <summary>Stops a job from outside. The reason is kept, and the strongest counts. Safe from any thread.</summary>
public sealed class JobCancellation : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _aborted = new();

    /// <summary>Why the job is to stop, or <c>null</c>.</summary>
    public CancelReason? Reason
    {
        get
        {
            lock (_lock)
            {
                return field;
            }
        }

        private set;
    }

    /// <summary>Fires for every reason.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>
    /// Fires where not even <c>always()</c> counts any more: <see cref="CancelReason.Shutdown"/> and <see cref="CancelReason.LockLost"/>.
    /// </summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Asks the job to stop. It ends by itself, in at most the grace that its processes are given.</summary>
    public void Cancel(CancelReason reason)
    {
        lock (_lock)
        {
            if (Reason >= reason)
            {
                return;
            }

            Reason = reason;
        }

        if (reason != CancelReason.User)
        {
            _aborted.Cancel();
        }

        _requested.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _requested.Dispose();
        _aborted.Dispose();
    }
}
