using System.Net.WebSockets;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;

namespace Runner.Worker.Feed;

/// <summary>
/// Shows log lines while they come (<c>results-service.md</c> section 5). Best effort: what cannot be sent is dropped, a feed that fails
/// rests for ten minutes, and the end of the job waits for it for a second at most.
/// </summary>
internal sealed class LiveFeed : IAsyncDisposable
{
    private const int FastRounds = 240;
    private const int MaxTries = 3;

    private static readonly TimeSpan FastRound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SlowRound = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private readonly IFeedChannel _channel;
    private readonly TimeProvider _time;
    private readonly FeedQueue _queue = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Task _running;
    private DateTimeOffset _restsUntil;
    private bool _hasShown;

    /// <summary>Starts a feed over a WebSocket. The connection is made when there is something to show.</summary>
    /// <param name="address"><c>FeedStreamUrl</c> as GitHub gives it, with an <c>https</c> or <c>wss</c> scheme.</param>
    /// <param name="token">The job's access token.</param>
    /// <param name="http">Makes the connection, with the worker's trust in certificates.</param>
    /// <param name="time">Clock of rounds and rests.</param>
    public LiveFeed(Uri address, Secret token, HttpMessageInvoker http, TimeProvider time)
        : this(new WebSocketChannel(address, token, http, time), time)
    {
    }

    /// <summary>Starts a feed, which owns its channel.</summary>
    public LiveFeed(IFeedChannel channel, TimeProvider time)
    {
        _channel = channel;
        _time = time;
        _running = RunAsync();
    }

    /// <summary>How long the end of the job waits for lines that are on their way. Default 1 s.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Shows a line of a step. Returns at once.</summary>
    public void Offer(StepId step, long lineNumber, ReadOnlySpan<byte> text) => _queue.Offer(step, lineNumber, text);

    /// <summary>Sends what waits, if lines were shown before, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _abandoned.CancelAfter(EndLimit);
        await _running;
        _channel.Dispose();
        _ending.Dispose();
        _abandoned.Dispose();
    }

    private async Task RunAsync()
    {
        for (var round = 0; ; round++)
        {
            await PauseAsync(round < FastRounds ? FastRound : SlowRound);
            if (_ending.IsCancellationRequested)
            {
                break;
            }

            await SendWaitingAsync();
        }

        // What came between the last round and the end. Where nothing was shown so far the whole log arrives as fast as a connection could be made for it.
        if (_hasShown)
        {
            await SendWaitingAsync();
        }

        await CloseAsync();
    }

    // The end of the job ends the pause.
    private Task PauseAsync(TimeSpan pause) =>
        Task.Delay(pause, _time, _ending.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task SendWaitingAsync()
    {
        foreach (var message in _queue.Take())
        {
            _hasShown = true;
            if (_time.GetUtcNow() >= _restsUntil && !await TrySendAsync(message))
            {
                _restsUntil = _time.GetUtcNow() + Rest;
            }
        }
    }

    private async Task<bool> TrySendAsync(FeedMessage message)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_abandoned.Token);
                limit.CancelAfter(SendLimit);
                await _channel.SendAsync(message, limit.Token);
                return true;
            }
            catch (Exception failure) when (IsOfNetwork(failure))
            {
                // Best effort by design: the uploaded log has every line.
                _channel.Drop();
                if (attempt == MaxTries || _abandoned.IsCancellationRequested)
                {
                    return false;
                }
            }

            await PauseAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(100, 500)));
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await _channel.CloseAsync(_abandoned.Token);
        }
        catch (Exception failure) when (IsOfNetwork(failure))
        {
            // The other side is gone already.
        }
    }

    private static bool IsOfNetwork(Exception failure) => failure
        is WebSocketException or HttpRequestException or OperationCanceledException or IOException or InfrastructureException or ProtocolException;
}
