namespace Runner.Execution.Hosting;

/// <summary>Why a job is to stop. Of two, the later one is the stronger.</summary>
public enum CancelReason
{
    /// <summary>
    /// The place it runs in is taken away (an eviction, a drain, a deletion): steps run on as after a cancel, for as long as there is time, and
    /// the job has failed.
    /// </summary>
    Removal = 1,

    /// <summary>Somebody cancelled it: steps whose condition holds for a cancelled job still run.</summary>
    User = 2,

    /// <summary>The runner is going down: nothing more runs, the job has failed.</summary>
    Shutdown = 3,

    /// <summary>The job's lock is lost, GitHub may have given it to another runner: nothing more runs.</summary>
    LockLost = 4,
}

/// <summary>Stops a job from outside. The reason is kept, and the strongest counts. Safe from any thread.</summary>
public sealed class JobCancellation : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource<string> _explanation = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    /// <summary>Whether the job ends because its place is taken away, and for nothing else.</summary>
    public bool IsRemoval { get; private set; }

    /// <summary>Completes with why the place is taken away, once somebody who knows has said it.</summary>
    public Task<string> Explanation => _explanation.Task;

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

            IsRemoval = reason == CancelReason.Removal || (IsRemoval && reason == CancelReason.Shutdown);
            Reason = reason;
        }

        if (reason > CancelReason.User)
        {
            _aborted.Cancel();
        }

        _requested.Cancel();
    }

    /// <summary>Says why the place is taken away. The first word counts.</summary>
    public void Explain(string why) => _explanation.TrySetResult(why);

    /// <inheritdoc/>
    public void Dispose()
    {
        _requested.Dispose();
        _aborted.Dispose();
    }
}
