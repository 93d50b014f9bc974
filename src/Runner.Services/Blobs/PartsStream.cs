namespace Runner.Services.Blobs;

/// <summary>Parts that follow each other, read as one. A part that was removed meanwhile breaks the reading off.</summary>
internal sealed class PartsStream : Stream
{
    private const int BufferBytes = 1 << 16;

    private readonly IReadOnlyList<long> _lengths;
    private readonly Func<int, long, CancellationToken, ValueTask<Stream>> _opener;
    private readonly long[] _starts;
    private Stream? _open;
    private int _index = -1; // of the open part
    private long _next; // where the open part goes on
    private bool _isDisposed;

    /// <summary>Parts of these lengths.</summary>
    /// <param name="lengths">Bytes of each.</param>
    /// <param name="open">Opens one, by its number, from a place in it on.</param>
    public PartsStream(IReadOnlyList<long> lengths, Func<int, long, CancellationToken, ValueTask<Stream>> open)
    {
        _lengths = lengths;
        _opener = open;
        _starts = new long[lengths.Count];
        foreach (var (i, length) in lengths.Index())
        {
            _starts[i] = Length;
            Length += length;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <summary>Files that follow each other.</summary>
    public static PartsStream OfFiles(IReadOnlyList<FileInfo> files) => new([.. files.Select(file => file.Length)], (i, from, _) =>
    {
        var file = Open(files[i].FullName);
        file.Position = from;
        return ValueTask.FromResult<Stream>(file);
    });

    /// <summary>A file for reading, which may be deleted meanwhile.</summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes, useAsync: true);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var open = await AtAsync(Position, cancellationToken);
        var rest = _starts[_index] + _lengths[_index] - Position;
        var read = await open.ReadAsync(buffer[..(int)Math.Min(buffer.Length, rest)], cancellationToken);
        Position += read;
        _next = Position;
        return read > 0 ? read : throw new EndOfStreamException("A part is shorter than it was");
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously only");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        SeekOrigin.End => Length + offset,
        _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "no such origin"),
    };

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _open?.Dispose();
        base.Dispose(disposing);
    }

    // The last part that begins at or before the position and has a byte there: empty parts are passed over.
    private async ValueTask<Stream> AtAsync(long position, CancellationToken cancellationToken)
    {
        var found = Array.BinarySearch(_starts, position);
        var index = found >= 0 ? found : ~found - 1;
        while (_starts[index] + _lengths[index] <= position)
        {
            index++;
        }

        if (_open is { } open && index == _index && position == _next)
        {
            return open;
        }

        _open?.Dispose();
        _open = null;
        _open = await _opener(index, position - _starts[index], cancellationToken);
        _index = index;
        return _open;
    }
}
