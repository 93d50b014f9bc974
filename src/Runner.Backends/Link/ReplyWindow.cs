using Runner.Jobs.Streams;

namespace Runner.Backends.Link;

/// <summary>
/// An answer's bytes between the handler that writes them and the streams that take them to the worker: kept until the worker has them,
/// so that they can be sent again; a writer waits while the window is full.
/// </summary>
/// <param name="start">Offset of the first byte that is written.</param>
internal sealed class ReplyWindow(long start) : SequentialStream
{
    private const int Size = 1024 * 1024;

    private readonly byte[] _ring = new byte[Size];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _acknowledged = start;
    private long _written = start;

    public override bool CanRead => false;

    public override bool CanWrite => true;

    /// <summary>How many bytes were written, those before <c>start</c> included.</summary>
    public override long Position
    {
        get
        {
            lock (_gate)
            {
                return _written;
            }
        }
        set => throw new NotSupportedException();
    }

    /// <summary>Completes at the next change: look at it first, then at what may have changed, then wait.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var changed = Changed;
            var taken = Put(buffer.Span);
            buffer = buffer[taken..];
            if (taken == 0)
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    // Archive writers write their ends without await; the reader of the window is another task, so this cannot wait for itself.
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <summary>Bytes from an offset on that the worker does not have; 0: there are none yet.</summary>
    public int Take(long offset, Span<byte> destination)
    {
        lock (_gate)
        {
            var count = (int)Math.Min(destination.Length, _written - offset);
            for (var copied = 0; copied < count;)
            {
                var at = (int)((offset + copied) % Size);
                var part = Math.Min(count - copied, Size - at);
                _ring.AsSpan(at, part).CopyTo(destination[copied..]);
                copied += part;
            }

            return count;
        }
    }

    /// <summary>The worker has all bytes before an offset. False where it cannot have, or they are forgotten.</summary>
    public bool TryAcknowledge(long offset)
    {
        lock (_gate)
        {
            if (offset < _acknowledged || offset > _written)
            {
                return false;
            }

            _acknowledged = offset;
            Signal();
            return true;
        }
    }

    /// <summary>Wakes who waits for a change.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Signal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int Put(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var count = (int)Math.Min(bytes.Length, Size - (_written - _acknowledged));
            for (var copied = 0; copied < count;)
            {
                var at = (int)((_written + copied) % Size);
                var part = Math.Min(count - copied, Size - at);
                bytes.Slice(copied, part).CopyTo(_ring.AsSpan(at));
                copied += part;
            }

            _written += count;
            if (count > 0)
            {
                Signal();
            }

            return count;
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }
}
