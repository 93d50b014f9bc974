namespace Runner.Services.Blobs;

/// <summary>
/// One blob of a store: its state, its writers, one after the other, and its share of a budget. What may be written is decided here, at the door that every writer
/// goes through.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to free.
internal sealed class BlobEntry(string name, string path, TimeProvider time)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _state = new();
    private volatile BlobInfo? _info;
    private BlobBudget? _budget;
    private long _counted;
    private DateTimeOffset? _lastReceived;
    private bool _isGone;

    public BlobContent Content { get; } = new(path);

    public StagedBlocks Blocks { get; } = new(path + ".blocks");

    public BlobInfo? Info => _info;

    /// <summary>When bytes last arrived, or <c>null</c>.</summary>
    public DateTimeOffset? LastReceived
    {
        get
        {
            lock (_state)
            {
                return _lastReceived;
            }
        }
    }

    /// <summary>A path of its own for bytes that arrive.</summary>
    public string NewIncoming() => $"{path}.{Guid.NewGuid():N}{BlobStore.IncomingEnding}";

    /// <summary>Lets the blob count to a budget from now on. The first one stays.</summary>
    public void Join(BlobBudget? budget)
    {
        lock (_state)
        {
            _budget ??= budget;
        }
    }

    /// <summary>Lets the blob count to no budget any more.</summary>
    public void Release()
    {
        lock (_state)
        {
            _budget?.Give(_counted);
            _budget = null;
            _counted = 0;
        }
    }

    /// <summary>Waits for the other writers and holds the blob.</summary>
    /// <exception cref="BlobException">The blob takes no write any more, or is gone.</exception>
    public async Task<Hold> HoldForWritingAsync(CancellationToken cancellationToken)
    {
        var held = await HoldAsync(cancellationToken);
        try
        {
            RefuseWriter();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the writers and holds the blob, whatever its state.</summary>
    public async Task<Hold> HoldAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        return new Hold(_gate);
    }

    /// <summary>Sends a writer away before it sends its bytes; the door asks again.</summary>
    /// <exception cref="BlobException">The blob takes no write any more, or is gone.</exception>
    public void RefuseWriter()
    {
        lock (_state)
        {
            RefuseGone();
            if (_info is { IsSealed: true })
            {
                throw BlobException.Sealed(name);
            }
        }
    }

    /// <summary>Brings a new state about, with the change on disk that belongs to it; the caller holds the blob.</summary>
    /// <exception cref="BlobException">The blob is gone; nothing was done.</exception>
    public BlobInfo Publish(BlobInfo info, Action? change = null)
    {
        lock (_state)
        {
            RefuseGone();
            change?.Invoke();
            return _info = info;
        }
    }

    /// <summary>Takes a file in as a block, and says how long the block was that it replaces; the caller holds the blob.</summary>
    /// <exception cref="BlobException">The blob is gone, or there are too many blocks.</exception>
    public long AddBlock(string id, string file, long length)
    {
        lock (_state)
        {
            RefuseGone();
            return Blocks.Add(id, file, length);
        }
    }

    /// <summary>Counts bytes that arrive.</summary>
    /// <exception cref="BlobException">They are too many, or the blob is complete or gone.</exception>
    public void Take(long bytes)
    {
        lock (_state)
        {
            RefuseWriter(); // of a blob that was completed meanwhile nothing counts any more
            _budget?.Take(bytes);
            _lastReceived = time.GetUtcNow();
            _counted += _budget is null ? 0 : bytes;
        }
    }

    /// <summary>Counts bytes that are there already.</summary>
    public void TakeUnasked(long bytes)
    {
        lock (_state)
        {
            _budget?.TakeUnasked(bytes);
            _counted += _budget is null ? 0 : bytes;
        }
    }

    /// <summary>Counts bytes no longer.</summary>
    public void Give(long bytes)
    {
        lock (_state)
        {
            var given = Math.Min(bytes, _counted); // what came before it had a budget was not counted
            _budget?.Give(given);
            _counted -= given;
        }
    }

    /// <summary>Removes the blob and what was uploaded for it. Writers that are at it find it gone.</summary>
    public void Close()
    {
        lock (_state)
        {
            _isGone = true;
            _info = null;
            _budget?.Give(_counted);
            _counted = 0;
            Blocks.Delete();
            Content.Delete();
        }
    }

    private void RefuseGone()
    {
        if (_isGone)
        {
            throw BlobException.NotFound(name);
        }
    }

    internal readonly struct Hold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
