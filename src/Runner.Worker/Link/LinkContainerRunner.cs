using Runner.Execution.Containers;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>Containers beside the job as its launcher runs them.</summary>
internal sealed class LinkContainerRunner(LauncherLink link) : IContainerRunner
{
    /// <inheritdoc/>
    public async Task<ContainerEnded> RunAsync(ContainerRequest request, IContainerOutput output, CancellationToken cancellationToken)
    {
        await using var sink = new OutputStream(output);
        return await link.AskAsync(request, sink, cancellationToken) switch
        {
            ContainerEnded ended => ended,
            var other => throw LinkRefusal.Of(other),
        };
    }

    private sealed class OutputStream(IContainerOutput output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            output.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
            // What is written has been taken.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
