using System.Buffers;

namespace Runner.Services.Blobs;

/// <summary>Bytes on their way to disk, counted as they come; given back at the end unless they stay.</summary>
internal sealed class CountedBytes(BlobEntry entry) : IDisposable
{
    private const int ChunkBytes = 1 << 16;

    private long _taken;

    /// <summary>Copies a body, and says how long it was.</summary>
    /// <exception cref="BlobException">It is longer than there is room for.</exception>
    public async Task<long> CopyAsync(Stream content, Stream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var length = 0L;
            while (await content.ReadAsync(buffer.AsMemory(0, ChunkBytes), cancellationToken) is > 0 and var read)
            {
                Take(read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                length += read;
            }

            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Counts bytes.</summary>
    /// <exception cref="BlobException">There is no room for them.</exception>
    public void Take(long bytes)
    {
        entry.Take(bytes);
        _taken += bytes;
    }

    /// <summary>They stay, in the place of others.</summary>
    /// <param name="replaced">How many bytes went.</param>
    public void Keep(long replaced)
    {
        entry.Give(replaced);
        _taken = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => entry.Give(_taken);
}
