using System.Runtime.ExceptionServices;
using Runner.Services.Blobs;

namespace Runner.Services.S3;

/// <summary>A body of a known length on its way to the bucket: read once, from front to end, and told of as it comes.</summary>
/// <param name="content">The body.</param>
/// <param name="length">How many bytes it must have.</param>
/// <param name="arrived">Told of bytes that came; what it throws breaks the reading off.</param>
internal sealed class MeasuredBody(Stream content, long length, Func<int, CancellationToken, ValueTask> arrived) : Stream
{
    private ExceptionDispatchInfo? _fault;
    private long _read;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position { get => _read; set => throw new NotSupportedException("It is read once"); }

    /// <summary>Throws what broke the reading off, whatever became of it on its way through the client.</summary>
    public void ThrowIfBroken() => _fault?.Throw();

    /// <summary>Sees that the body ends where it shall, once all of it was read.</summary>
    /// <exception cref="BlobException">It goes on.</exception>
    public async Task<bool> RefuseMoreAsync(CancellationToken cancellationToken) => await content.ReadAsync(new byte[1], cancellationToken) == 0
        ? true
        : throw new BlobException(400, "InvalidInput", $"The block has more than the {length} bytes that the request says.");

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_read == length || buffer.IsEmpty)
            {
                return 0;
            }

            var read = await content.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _read)], cancellationToken);
            if (read == 0)
            {
                throw new BlobException(400, "InvalidInput", $"The block has {_read} bytes, the request says {length}.");
            }

            await arrived(read, cancellationToken);
            _read += read;
            return read;
        }
        catch (Exception error)
        {
            // The boundary to the client's side: what goes wrong there is not the bucket's fault.
            _fault ??= ExceptionDispatchInfo.Capture(error);
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously only");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("It is read once");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }
}
