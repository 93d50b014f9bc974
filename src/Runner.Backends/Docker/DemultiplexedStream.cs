using Docker.DotNet;
using Runner.Jobs.Streams;

namespace Runner.Backends.Docker;

/// <summary>Standard input and output of a program in a container as one stream; what it prints on standard error is left out.</summary>
internal sealed class DemultiplexedStream(MultiplexedStream inner) : SequentialStream
{
    // Frames are read into this: of standard error's, the bytes must not reach the caller.
    private readonly byte[] _frame = new byte[64 * 1024];
    private Memory<byte> _left;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left.IsEmpty)
        {
            var read = await inner.ReadOutputAsync(_frame, 0, _frame.Length, cancellationToken);
            if (read.EOF)
            {
                return 0;
            }

            _left = read.Target == MultiplexedStream.TargetStream.StandardOut ? _frame.AsMemory(0, read.Count) : default;
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await inner.WriteAsync(buffer.ToArray(), 0, buffer.Length, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
