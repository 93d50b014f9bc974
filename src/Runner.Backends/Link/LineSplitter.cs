using System.Buffers;
using System.IO.Pipelines;

namespace Runner.Backends.Link;

/// <summary>Cuts a stream into lines. One that is longer than any line of a worker is left out: nothing of ours, and no reason to keep it.</summary>
public static class LineSplitter
{
    private const int MaxLineBytes = 64 * 1024;

    /// <summary>Hands each line over, without its end, until the stream ends; a last one without an end is cut off and left out.</summary>
    /// <param name="stream">The stream; left open.</param>
    /// <param name="take">Takes a line and is waited for; the memory is valid until it returns.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task ReadAsync(Stream stream, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var isSkipping = false;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    if (!isSkipping)
                    {
                        await take(Contiguous(buffer.Slice(0, end)));
                    }

                    isSkipping = false;
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > MaxLineBytes)
                {
                    isSkipping = true;
                    buffer = buffer.Slice(buffer.End);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static ReadOnlyMemory<byte> Contiguous(ReadOnlySequence<byte> line) => line.IsSingleSegment ? line.First : line.ToArray();
}
