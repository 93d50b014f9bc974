using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Runner.Testing.Network;

/// <summary>
/// A TCP proxy that can be cut as a network is: while it is cut, packets vanish. Connections stay open and silent, new ones are accepted
/// and never answered. After <see cref="Restore"/> the old connections are reset, as a router that lost its state would do.
/// </summary>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();
    private long _bytesForwarded;

    private CuttableProxy(IPAddress address, IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes that came through in both directions.</summary>
    public long BytesForwarded => Interlocked.Read(ref _bytesForwarded);

    /// <summary>Starts a proxy on a free port of an address.</summary>
    public static CuttableProxy Start(IPAddress address, IPEndPoint target) => new(address, target);

    /// <summary>From now on nothing passes.</summary>
    public void Cut() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>New connections pass again; those from before are reset.</summary>
    public void Restore()
    {
        foreach (var socket in _sockets.Keys)
        {
            Reset(socket);
        }

        var cut = _open;
        _open = Opened();
        cut.TrySetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        foreach (var socket in _sockets.Keys)
        {
            Reset(socket);
        }

        await _accepting;
        _listener.Stop(); // not before: whoever asks a stopped one for a connection has made a mistake
        _stopped.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopped.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy was stopped: no further connection is taken.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _sockets[client] = 0;
        _sockets[server] = 0;
        try
        {
            await _open.Task.WaitAsync(_stopped.Token);
            await server.ConnectAsync(_target, _stopped.Token);
            await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side is gone: so is the other below.
        }
        finally
        {
            Reset(client);
            Reset(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopped.Token) is > 0 and var count)
            {
                await _open.Task.WaitAsync(_stopped.Token);
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stopped.Token);
                }

                Interlocked.Add(ref _bytesForwarded, count);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The connection was reset or the proxy stopped: the other direction ends with it.
            Reset(from);
            Reset(to);
        }
    }

    private void Reset(Socket socket)
    {
        if (_sockets.TryRemove(socket, out _))
        {
            socket.Close(0);
        }
    }
}
