using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Backends.Link;

/// <summary>One request of a worker, from the launcher's side: done once, and its answer sent over as many streams as that takes.</summary>
/// <remarks>
/// <list type="number">
/// <item>A stream is opened; the worker says what it wants and how much of the answer it has.</item>
/// <item>The first time, the handler starts. What it writes waits in a window until the worker has it.</item>
/// <item>A stream that drops is opened again, after a pause, and goes on where the worker is.</item>
/// <item>It is over when the worker has the result, or does not know the request any more, or another launcher goes on with the job.</item>
/// </list>
/// </remarks>
/// <param name="jobId">The job.</param>
/// <param name="requestId">The request.</param>
/// <param name="key">The job's <see cref="LinkKey"/>.</param>
/// <param name="open">Opens a stream to the worker; fails with an <see cref="IOException"/> or <see cref="InfrastructureException"/>.</param>
/// <param name="handler">Does it.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestSession(
    JobId jobId, string requestId, Secret key, Func<CancellationToken, Task<Stream>> open, IWorkerRequestHandler handler, TimeProvider time)
{
    private const int BytesPerFrame = 64 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(5);

    private ReplyWindow? _window;
    private Task<RequestResult>? _handling;
    private long _lastProgress;

    /// <summary>Does it. Returns when it is over, with the last failure of a stream where it was given up.</summary>
    /// <param name="jobOver">The job is over: what is done for the request is stopped, and waited for.</param>
    /// <param name="letGo">Another launcher goes on with the job: what is done is left as it is, and its result told to nobody.</param>
    public async Task<Exception?> RunAsync(CancellationToken jobOver, CancellationToken letGo)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(jobOver); // of what is let go of it lives on
        using var end = CancellationTokenSource.CreateLinkedTokenSource(jobOver, letGo);
        var cancellationToken = end.Token;
        _lastProgress = time.GetTimestamp();
        var pause = FirstPause;
        try
        {
            while (true)
            {
                var progress = _lastProgress;
                try
                {
                    if (await TryOnceAsync(stop, cancellationToken))
                    {
                        return null;
                    }
                }
                catch (Exception failure) when (failure is IOException or InfrastructureException or ObjectDisposedException)
                {
                    if (time.GetElapsedTime(_lastProgress) > GiveUpAfter)
                    {
                        return failure;
                    }
                }

                pause = _lastProgress != progress ? FirstPause : pause * 2 < MaxPause ? pause * 2 : MaxPause;
                await Task.Delay(pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!letGo.IsCancellationRequested)
            {
                await stop.CancelAsync();
                await (_handling ?? Task.FromResult<RequestResult>(new RequestDone()));
                stop.Dispose();
            }
        }
    }

    // Whether the request is over; false: the stream dropped.
    private async Task<bool> TryOnceAsync(CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        // Step 1
        await using var stream = await open(cancellationToken);
        using var link = await SealedLink.OpenAsync(stream, key, isLauncher: true, cancellationToken);
        await link.WriteAsync(LinkFrameKind.Attach, Encoding.UTF8.GetBytes(requestId), cancellationToken);
        if (await link.ReadAsync(cancellationToken) is not { } first)
        {
            return false;
        }

        if (first.Kind == LinkFrameKind.Unknown)
        {
            return true;
        }

        var message = Read(first);
        _lastProgress = time.GetTimestamp();

        // Step 2
        _window ??= new ReplyWindow(message.Received);
        _handling ??= HandleAsync(message, _window, stop.Token);
        if (!_window.TryAcknowledge(message.Received))
        {
            throw new InfrastructureException($"The worker has {message.Received} bytes of the answer to request {requestId}, which cannot be");
        }

        // Steps 3 and 4
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(link, _window, _handling, message.Received, over);
        try
        {
            return await ReceiveAsync(link, _window, stop, over.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // the sending side met the end of the stream, of which reading may know nothing
        }
        finally
        {
            await over.CancelAsync();
            await sending;
        }
    }

    private RequestMessage Read(LinkFrame frame)
    {
        try
        {
            return JsonSerializer.Deserialize(frame.Body.Span, LinkJson.Default.RequestMessage) ?? throw new JsonException("it is null");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InfrastructureException($"Request {requestId} cannot be read: the worker is of another version", exception);
        }
    }

    private async Task<RequestResult> HandleAsync(RequestMessage message, ReplyWindow window, CancellationToken cancellationToken)
    {
        try
        {
            return await handler.HandleAsync(
                message.Request, new RequestExchange(jobId, requestId, message.Received, window), cancellationToken);
        }
        catch (WorkflowException error)
        {
            return new RequestFailed { Message = error.Message, IsWorkflowError = true };
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException)
        {
            return new RequestFailed { Message = error.Message };
        }
        catch (OperationCanceledException)
        {
            return new RequestFailed { Message = "It was stopped" };
        }
        catch (Exception bug)
        {
            // The boundary of one request: the worker waits for a result, and its job fails with this one.
            return new RequestFailed { Message = $"The launcher itself failed ({bug.GetType().Name}: {bug.Message}): this is a bug of the runner" };
        }
        finally
        {
            window.Wake();
        }
    }

    private static async Task SendAsync(
        SealedLink link, ReplyWindow window, Task<RequestResult> handling, long offset, CancellationTokenSource over)
    {
        var cancellationToken = over.Token;
        var frame = new byte[LinkFrame.OffsetBytes + BytesPerFrame];
        try
        {
            while (true)
            {
                var changed = window.Changed;
                var isHandled = handling.IsCompleted;
                var count = window.Take(offset, frame.AsSpan(LinkFrame.OffsetBytes));
                if (count > 0)
                {
                    BinaryPrimitives.WriteInt64BigEndian(frame, offset);
                    await link.WriteAsync(LinkFrameKind.Bytes, frame.AsMemory(0, LinkFrame.OffsetBytes + count), cancellationToken);
                    offset += count;
                }
                else if (isHandled)
                {
                    var json = JsonSerializer.SerializeToUtf8Bytes(await handling, LinkJson.Default.RequestResult);
                    await link.WriteAsync(LinkFrameKind.Result, json, cancellationToken);
                    return;
                }
                else
                {
                    await Task.WhenAny(changed, handling).WaitAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return; // the stream is over
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            await over.CancelAsync();
        }
    }

    private async Task<bool> ReceiveAsync(SealedLink link, ReplyWindow window, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        while (await link.ReadAsync(cancellationToken) is { } frame)
        {
            _lastProgress = time.GetTimestamp();
            switch (frame.Kind)
            {
                case LinkFrameKind.Received:
                    window.TryAcknowledge(frame.Offset);
                    break;
                case LinkFrameKind.Stop:
                    await stop.CancelAsync();
                    break;
                case LinkFrameKind.Done:
                    return true;
                default:
                    throw new InfrastructureException($"The worker sent a frame {frame.Kind}, which a worker does not send here");
            }
        }

        return false;
    }
}
