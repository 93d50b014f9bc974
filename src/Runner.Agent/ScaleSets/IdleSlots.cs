using Runner.Agent.Sources;

namespace Runner.Agent.ScaleSets;

/// <summary>Slots that wait for an order; the first one to come is the first to get one, and only it is woken. Not thread-safe.</summary>
internal sealed class IdleSlots
{
    private readonly Queue<TaskCompletionSource<IRunnerOrder>> _waiting = new();
    private TaskCompletionSource _short = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when there are more orders than slots that wait for one.</summary>
    public Task Short => _short.Task;

    /// <summary>Waits for an order.</summary>
    public Task<IRunnerOrder> WaitAsync()
    {
        var slot = new TaskCompletionSource<IRunnerOrder>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(slot);
        return slot.Task;
    }

    /// <summary>Gives orders to the slots that wait, as long as there are both.</summary>
    /// <param name="next">Makes the next order.</param>
    /// <param name="isWanted">Whether there is a next one.</param>
    public void Serve(Func<IRunnerOrder> next, Func<bool> isWanted)
    {
        while (isWanted())
        {
            if (!_waiting.TryDequeue(out var slot))
            {
                _short.TrySetResult();
                _short = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return;
            }

            slot.SetResult(next());
        }
    }
}
