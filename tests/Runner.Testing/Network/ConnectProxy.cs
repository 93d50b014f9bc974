using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Runner.Testing.Network;

/// <summary>
/// An HTTP proxy over real sockets that demands to be used: names of test servers lead somewhere by it alone. It tunnels (<c>CONNECT</c>) and forwards
/// plain requests, and asks for a password where it was given one.
/// </summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<string, int> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly string? _authorization;
    private readonly Task _accepting;
    private int _refusals;

    /// <summary>Starts it on a free port.</summary>
    /// <param name="credentials"><c>user:password</c> that it asks for, or <c>null</c>: none.</param>
    public ConnectProxy(string? credentials = null)
    {
        _authorization = credentials is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Its address, without credentials.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>What was asked for and let through, such as <c>CONNECT github.test:443</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>How many requests came without the right password.</summary>
    public int Refusals => _refusals;

    /// <summary>Makes a name lead to a port of this machine, whatever port is asked for.</summary>
    public void Route(string host, int port) => _hosts[host] = port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }

        await _accepting;
        _listener.Stop(); // not before: whoever asks a stopped one for a connection has made a mistake
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stopped.Token));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy was stopped: no further connection is taken.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        _sockets[client] = 0;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _sockets[server] = 0;
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            while (await ReadHeadAsync(stream) is { } head)
            {
                if (_authorization is not null && !head.Contains($"Proxy-Authorization: {_authorization}\r\n", StringComparison.OrdinalIgnoreCase))
                {
                    Interlocked.Increment(ref _refusals);
                    await WriteAsync(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n");
                    continue; // the same connection may try again
                }

                await PassAsync(stream, server, head);
                return;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // One side is gone.
        }
        finally
        {
            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(server, out _);
        }
    }

    private async Task PassAsync(NetworkStream client, Socket server, string head)
    {
        var line = head[..head.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ');
        var isTunnel = line[0] == "CONNECT";
        var target = new Uri(isTunnel ? $"https://{line[1]}/" : line[1]);
        _requests.Enqueue($"{line[0]} {target.Host}:{target.Port}{(isTunnel ? string.Empty : target.AbsolutePath)}");
        if (!_hosts.TryGetValue(target.Host, out var port))
        {
            await WriteAsync(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }

        await server.ConnectAsync(IPAddress.Loopback, port, _stopped.Token);
        await using var upstream = new NetworkStream(server, ownsSocket: false);
        await (isTunnel
            ? WriteAsync(client, "HTTP/1.1 200 Connection established\r\n\r\n")
            : WriteAsync(upstream, $"{line[0]} {target.PathAndQuery} HTTP/1.1\r\nConnection: close\r\n{head[(head.IndexOf("\r\n", StringComparison.Ordinal) + 2)..]}"));
        await Task.WhenAny(client.CopyToAsync(upstream, _stopped.Token), upstream.CopyToAsync(client, _stopped.Token));
    }

    // Byte by byte: what follows the head is the tunnel's.
    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stopped.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private Task WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stopped.Token).AsTask();
}
