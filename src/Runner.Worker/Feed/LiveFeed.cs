using System.Net.WebSockets;
using Runner.Jobs;
using Runner.Jobs.Secrets;

namespace Runner.Worker.Feed;

/// <summary>
/// Shows log lines while they come, over the WebSocket that GitHub names for it (<c>results-service.md</c> section 5). Best effort: what
/// cannot be sent is dropped, a feed that fails rests for ten minutes, and the end of the job waits for it for a second at most.
/// </summary>
internal sealed class LiveFeed : IAsyncDisposable
{
    private const int FastRounds = 240;
    private const int FrameBytes = 1024;
    private const int MaxTries = 3;

    private static readonly TimeSpan FastRound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SlowRound = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private readonly Uri _address;
    private readonly Secret _token;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private readonly FeedQueue _queue = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Task _running;
    private ClientWebSocket? _socket;
    private DateTimeOffset _restsUntil;

    /// <summary>Starts a feed. The connection is made when there is something to show.</summary>
    /// <param name="address"><c>FeedStreamUrl</c> as GitHub gives it, with an <c>https</c> or <c>wss</c> scheme.</param>
    /// <param name="token">The job's access token.</param>
    /// <param name="http">Makes the connection, with the worker's trust in certificates.</param>
    /// <param name="time">Clock of rounds and rests.</param>
    public LiveFeed(Uri address, Secret token, HttpMessageInvoker http, TimeProvider time)
    {
        _address = WebSocketAddress(address);
        _token = token;
        _http = http;
        _time = time;
        _running = RunAsync();
    }

    /// <summary>How long the end of the job waits for lines that are on their way. Default 1 s.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Shows a line of a step. Returns at once.</summary>
    public void Offer(StepId step, long lineNumber, ReadOnlySpan<byte> text) => _queue.Offer(step, lineNumber, text);

    /// <summary>Sends what waits and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _abandoned.CancelAfter(EndLimit);
        await _running;
        _socket?.Dispose();
        _ending.Dispose();
        _abandoned.Dispose();
    }

    internal static Uri WebSocketAddress(Uri address) => address.Scheme switch
    {
        "https" => new UriBuilder(address) { Scheme = "wss", Port = address.IsDefaultPort ? -1 : address.Port }.Uri,
        "http" => new UriBuilder(address) { Scheme = "ws", Port = address.IsDefaultPort ? -1 : address.Port }.Uri,
        _ => address,
    };

    private async Task RunAsync()
    {
        for (var round = 0; !_ending.IsCancellationRequested; round++)
        {
            await PauseAsync(round < FastRounds ? FastRound : SlowRound);
            await SendWaitingAsync();
        }

        // What came between the last round and the end.
        await SendWaitingAsync();
        await CloseAsync();
    }

    // The end of the job ends the pause.
    private Task PauseAsync(TimeSpan pause) =>
        Task.Delay(pause, _time, _ending.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task SendWaitingAsync()
    {
        foreach (var message in _queue.Take())
        {
            if (_time.GetUtcNow() >= _restsUntil && !await TrySendAsync(message.ToJson()))
            {
                _restsUntil = _time.GetUtcNow() + Rest;
            }
        }
    }

    private async Task<bool> TrySendAsync(ReadOnlyMemory<byte> message)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var socket = _socket ??= await ConnectAsync();
                using var limit = Limit(SendLimit);
                for (var sent = 0; sent < message.Length; sent += FrameBytes)
                {
                    var frame = message[sent..Math.Min(message.Length, sent + FrameBytes)];
                    await socket.SendAsync(frame, WebSocketMessageType.Text, sent + FrameBytes >= message.Length, limit.Token);
                }

                return true;
            }
            catch (Exception failure) when (failure is WebSocketException or HttpRequestException or OperationCanceledException or IOException)
            {
                // Best effort by design: the uploaded log has every line.
                _socket?.Dispose();
                _socket = null;
                if (attempt == MaxTries || _abandoned.IsCancellationRequested)
                {
                    return false;
                }
            }

            await PauseAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(100, 500)));
        }
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + _token.Reveal());
            using var limit = Limit(ConnectLimit);
            await socket.ConnectAsync(_address, _http, limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_socket is not { State: WebSocketState.Open } socket)
        {
            return;
        }

        try
        {
            // With its answer: a server that sees the connection go before it has read everything may drop the rest.
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _abandoned.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException)
        {
            // The other side is gone already.
        }
    }

    private CancellationTokenSource Limit(TimeSpan limit)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(_abandoned.Token);
        source.CancelAfter(limit);
        return source;
    }
}
