namespace Runner.Agent.Page;

/// <summary>Places for answers that last, so that watchers who come without end take nothing from the agent.</summary>
/// <param name="count">How many there are.</param>
/// <param name="ofOne">How many of them one thing that is watched may take.</param>
internal sealed class StreamSlots(int count, int ofOne)
{
    private readonly List<string> _taken = [];

    /// <summary>Takes a place until the result is disposed; <c>null</c>: there is none.</summary>
    /// <param name="what">What is watched.</param>
    public IDisposable? TryTake(string what)
    {
        lock (_taken)
        {
            if (_taken.Count >= count || _taken.Count(taken => taken == what) >= ofOne)
            {
                return null;
            }

            _taken.Add(what);
            return new Taken(this, what);
        }
    }

    private void GiveBack(string what)
    {
        lock (_taken)
        {
            _taken.Remove(what);
        }
    }

    private sealed class Taken(StreamSlots slots, string what) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                slots.GiveBack(what);
            }
        }
    }
}
