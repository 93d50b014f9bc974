namespace Runner.Agent.Supervision;

/// <summary>The one place that knows why a job was told to stop. The first cause stays; it is never guessed from an exception.</summary>
internal sealed class StopSignal
{
    // GitHub gives at least a minute and wants its answer before that is over (sessions-and-messages.md section 7, rule 5).
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Why the job was told to stop.</summary>
    public StopCause Cause { get; private set; }

    /// <summary>How long it has to end.</summary>
    public TimeSpan Grace { get; private set; }

    /// <summary>Completes when the job is told to stop.</summary>
    public Task Requested => _requested.Task;

    /// <summary>Somebody cancelled the job at GitHub.</summary>
    /// <param name="timeout">The time GitHub gives it.</param>
    public void Cancel(TimeSpan timeout) => Request(StopCause.Canceled, (timeout > LeastTimeout ? timeout : LeastTimeout) - Reserve);

    /// <summary>The job is not ours any more: nobody waits for it.</summary>
    public void LoseLock() => Request(StopCause.LockLost, Reserve);

    private void Request(StopCause cause, TimeSpan grace)
    {
        lock (_gate)
        {
            if (Cause != StopCause.None)
            {
                return;
            }

            Cause = cause;
            Grace = grace;
        }

        _requested.TrySetResult();
    }
}
