using Runner.Execution.Hosting;
using Runner.Jobs.Streams;

namespace Runner.Worker.Link;

/// <summary>What comes over the link as a container's output. It can only be written.</summary>
internal sealed class ContainerOutputStream(IContainerOutput output) : SequentialStream
{
    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        output.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
