namespace Runner.Agent.Page;

/// <summary>Places for answers that last, so that watchers who come without end take nothing from the agent.</summary>
internal sealed class StreamSlots(int count)
{
    private int _free = count;

    /// <summary>Takes a place until the result is disposed; <c>null</c>: there is none.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Decrement(ref _free) >= 0)
        {
            return new Taken(this);
        }

        Interlocked.Increment(ref _free);
        return null;
    }

    private sealed class Taken(StreamSlots slots) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Increment(ref slots._free);
            }
        }
    }
}
