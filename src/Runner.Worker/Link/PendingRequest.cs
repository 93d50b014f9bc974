using System.Buffers.Binary;
using System.Text.Json;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>A request that waits for its result, over however many streams that takes, one at a time.</summary>
internal sealed class PendingRequest(string id, WorkerRequest request, Stream sink) : IDisposable
{
    private readonly TaskCompletionSource<RequestResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _stream = new(1);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _present;
    private SealedLink? _link;
    private bool _isStopped;
    private long _received;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Completes with the result.</summary>
    public Task<RequestResult> Result => _result.Task;

    /// <summary>Whether a launcher is on it now.</summary>
    public bool IsAttached => _link is not null;

    /// <summary>
    /// Serves a launcher's stream until the result came or the stream ends. A later one takes an earlier one's place, which may be a
    /// stream that is dead without knowing.
    /// </summary>
    public async Task ServeAsync(SealedLink link, CancellationToken cancellationToken)
    {
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Interlocked.Exchange(ref _present, mine)?.Cancel();
        await _stream.WaitAsync(mine.Token);
        try
        {
            var message = new RequestMessage { Request = request, Received = _received };
            await link.WriteAsync(
                LinkFrameKind.Request, JsonSerializer.SerializeToUtf8Bytes(message, LinkJson.Default.RequestMessage), mine.Token);
            await AttachAsync(link, mine.Token);
            await ReceiveAsync(link, mine.Token);
        }
        finally
        {
            _link = null;
            Interlocked.CompareExchange(ref _present, null, mine);
            _stream.Release();
        }
    }

    /// <summary>Tells the launcher, now or when it comes, that the answer is not wanted any more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        SealedLink? link;
        lock (_gate)
        {
            _isStopped = true;
            link = _link;
        }

        if (link is not null)
        {
            await link.WriteAsync(LinkFrameKind.Stop, default, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private async Task AttachAsync(SealedLink link, CancellationToken cancellationToken)
    {
        bool isStopped;
        lock (_gate)
        {
            _link = link;
            isStopped = _isStopped;
        }

        if (isStopped)
        {
            await link.WriteAsync(LinkFrameKind.Stop, default, cancellationToken);
        }
    }

    private async Task ReceiveAsync(SealedLink link, CancellationToken cancellationToken)
    {
        while (await link.ReadAsync(cancellationToken) is { } frame)
        {
            switch (frame.Kind)
            {
                case LinkFrameKind.Bytes when frame.Offset == _received:
                    await sink.WriteAsync(frame.Body[LinkFrame.OffsetBytes..], cancellationToken);
                    _received += frame.Body.Length - LinkFrame.OffsetBytes;
                    var received = new byte[LinkFrame.OffsetBytes];
                    BinaryPrimitives.WriteInt64BigEndian(received, _received);
                    await link.WriteAsync(LinkFrameKind.Received, received, cancellationToken);
                    break;
                case LinkFrameKind.Result:
                    _result.TrySetResult(Read(frame.Body.Span));
                    await link.WriteAsync(LinkFrameKind.Done, default, cancellationToken);
                    return;
                default:
                    throw new InfrastructureException($"The launcher sent a frame {frame.Kind} at {frame.Offset}, expected was the byte {_received}");
            }
        }
    }

    private static RequestResult Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, LinkJson.Default.RequestResult) ?? Unreadable();
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return Unreadable();
        }

        static RequestFailed Unreadable() => new() { Message = "The launcher's answer cannot be read: it is of another version than the worker" };
    }
}
