namespace Runner.Services.Blobs;

/// <summary>Files that follow each other, read as one. A part that was removed meanwhile breaks the reading off.</summary>
internal sealed class PartsStream : Stream
{
    private const int BufferBytes = 1 << 16;

    private readonly IReadOnlyList<FileInfo> _parts;
    private readonly long[] _starts;
    private int _index = -1; // of the open part
    private FileStream? _open;

    public PartsStream(IReadOnlyList<FileInfo> parts)
    {
        _parts = parts;
        _starts = new long[parts.Count];
        foreach (var (i, part) in parts.Index())
        {
            _starts[i] = Length;
            Length += part.Length;
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

    /// <summary>A file for reading, which may be deleted meanwhile.</summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes, useAsync: true);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var read = await At(Position).ReadAsync(buffer, cancellationToken);
        Position += read;
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
        _open?.Dispose();
        base.Dispose(disposing);
    }

    // The last part that begins at or before the position and has a byte there: empty parts are passed over.
    private FileStream At(long position)
    {
        var found = Array.BinarySearch(_starts, position);
        var index = found >= 0 ? found : ~found - 1;
        while (_starts[index] + _parts[index].Length <= position)
        {
            index++;
        }

        if (index != _index)
        {
            _open?.Dispose();
            _open = null;
            _open = Open(_parts[index].FullName);
            _index = index;
        }

        var open = _open ?? throw new ObjectDisposedException(nameof(PartsStream));
        open.Position = position - _starts[index];
        return open;
    }
}
