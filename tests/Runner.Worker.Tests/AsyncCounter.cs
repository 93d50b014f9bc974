namespace Runner.Worker.Tests;

/// <summary>Counts, and lets a test wait for a count.</summary>
internal sealed class AsyncCounter
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public void Increment()
    {
        lock (_lock)
        {
            _count++;
            foreach (var waiter in _waiters.Where(waiter => _count >= waiter.Count))
            {
                waiter.Reached.TrySetResult();
            }
        }
    }

    public Task ReachAsync(int count, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
