namespace Runner.Agent.Pools;

/// <summary>Places of a pool for jobs. An adopted job takes one even where none is free; the next slot that ends its job waits for it.</summary>
internal sealed class PoolCapacity(int size) : IDisposable
{
    private readonly SemaphoreSlim _free = new(size);
    private readonly Lock _gate = new();
    private int _overdrawn;

    /// <summary>Places that are taken, those that adopted jobs took beyond the last among them.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
            {
                return size - _free.CurrentCount + _overdrawn;
            }
        }
    }

    /// <summary>Waits for a place.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    /// <summary>Takes a place at once.</summary>
    public void EnterAdopted()
    {
        lock (_gate)
        {
            if (!_free.Wait(TimeSpan.Zero))
            {
                _overdrawn++;
            }
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_overdrawn > 0)
            {
                _overdrawn--;
            }
            else
            {
                _free.Release();
            }
        }
    }

    public void Dispose() => _free.Dispose();
}
