using System.Net.WebSockets;
using Runner.Jobs.Secrets;

namespace Runner.Worker.Feed;

/// <summary>Live lines over the WebSocket that GitHub names for them (<c>results-service.md</c> section 5).</summary>
internal sealed class WebSocketChannel(Uri address, Secret token, HttpMessageInvoker http, TimeProvider time) : IFeedChannel
{
    private const int FrameBytes = 1024;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private readonly Uri _address = AddressOf(address);
    private ClientWebSocket? _socket;

    /// <inheritdoc/>
    public async Task SendAsync(FeedMessage message, CancellationToken cancellationToken)
    {
        var json = message.ToJson();
        var socket = _socket ??= await ConnectAsync(cancellationToken);
        for (var sent = 0; sent < json.Length; sent += FrameBytes)
        {
            var frame = json[sent..Math.Min(json.Length, sent + FrameBytes)];
            await socket.SendAsync(frame, WebSocketMessageType.Text, sent + FrameBytes >= json.Length, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }

    /// <inheritdoc/>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_socket is { State: WebSocketState.Open } socket)
        {
            // With its answer: a server that sees the connection go before it has read everything may drop the rest.
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    /// <summary>The address with a WebSocket's scheme.</summary>
    internal static Uri AddressOf(Uri address) => address.Scheme switch
    {
        "https" => new UriBuilder(address) { Scheme = "wss", Port = address.IsDefaultPort ? -1 : address.Port }.Uri,
        "http" => new UriBuilder(address) { Scheme = "ws", Port = address.IsDefaultPort ? -1 : address.Port }.Uri,
        _ => address,
    };

    private async Task<ClientWebSocket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token.Reveal());
            using var limit = new CancellationTokenSource(ConnectLimit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await socket.ConnectAsync(_address, http, both.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
