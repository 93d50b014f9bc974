namespace Runner.Worker.Reporting;

/// <summary>Wakes one waiting task. Setting it several times before the task looks counts as once.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource _set = New();

    /// <summary>Wakes the waiter, now or when it next waits. From any thread.</summary>
    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>
    /// Waits until it is set, or for a time. Afterwards it is not set: look at what was signalled only then, so that nothing set meanwhile
    /// is overlooked.
    /// </summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _set.Task.WaitAsync(limit, time, cancellationToken);
            Volatile.Write(ref _set, New());
        }
        catch (TimeoutException)
        {
            // Its time is over: the waiter looks anyhow.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
