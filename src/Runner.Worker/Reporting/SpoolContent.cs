using System.Buffers;
using System.Net;

namespace Runner.Worker.Reporting;

/// <summary>A part of a spooled log as the body of a request: read while it is sent, so a block of megabytes takes one buffer of memory.</summary>
internal sealed class SpoolContent(LogSpool spool, long offset, int length) : HttpContent
{
    private const int BufferBytes = 64 * 1024;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var sent = 0; sent < length;)
            {
                var wanted = Math.Min(buffer.Length, length - sent);
                var read = spool.CopyTo(buffer.AsSpan(0, wanted), offset + sent);
                if (read == 0)
                {
                    throw new IOException("The spooled log is shorter than it was: something truncated it");
                }

                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                sent += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
