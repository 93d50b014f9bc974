using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Worker.Logging;

namespace Runner.Worker.Ports;

/// <summary>Makes ports of services reachable at <c>localhost</c>, by either family of addresses, for as long as it lives.</summary>
internal sealed class PortForwarder : IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _listening = [];

    private PortForwarder(ILogger logger) => _logger = logger;

    /// <summary>Listens.</summary>
    /// <exception cref="InfrastructureException">A port is taken, or not this user's to take.</exception>
    public static PortForwarder Start(IEnumerable<PortForward> forwards, ILogger logger)
    {
        var forwarder = new PortForwarder(logger);
        foreach (var forward in forwards)
        {
            forwarder.Listen(forward, IPAddress.Loopback);
            if (Socket.OSSupportsIPv6)
            {
                forwarder.TryListen(forward, IPAddress.IPv6Loopback);
            }
        }

        return forwarder;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_listening);
        _over.Dispose();
    }

    // A container may have no IPv6 though the kernel has.
    private void TryListen(PortForward forward, IPAddress address)
    {
        try
        {
            Listen(forward, address);
        }
        catch (InfrastructureException)
        {
            return;
        }
    }

    private void Listen(PortForward forward, IPAddress address)
    {
        var listener = new TcpListener(address, forward.Port);
        try
        {
            listener.Start();
        }
        catch (SocketException failure)
        {
            listener.Dispose();
            throw new InfrastructureException(
                $"Port {forward.Port} of the service '{forward.Service}' cannot be had at localhost: {failure.Message}", failure);
        }

        _listening.Add(AcceptAsync(listener, forward));
    }

    private async Task AcceptAsync(TcpListener listener, PortForward forward)
    {
        using (listener)
        {
            try
            {
                while (true)
                {
                    _ = ForwardAsync(await listener.AcceptTcpClientAsync(_over.Token), forward);
                }
            }
            catch (OperationCanceledException)
            {
                return; // the job is over; so are its connections, which end with the process
            }
        }
    }

    private async Task ForwardAsync(TcpClient client, PortForward forward)
    {
        using (client)
        {
            try
            {
                using var service = new TcpClient();
                await service.ConnectAsync(forward.Host ?? forward.Service, forward.ServicePort, _over.Token);
                var (asks, answers) = (client.GetStream(), service.GetStream());
                await Task.WhenAll(CopyAsync(asks, answers), CopyAsync(answers, asks));
            }
            catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                _logger.ForwardEnded(forward.Port, forward.Service, failure.Message);
            }
        }
    }

    // Each direction ends by itself: a side that has said all still wants to hear the answer.
    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        await from.CopyToAsync(to, _over.Token);
        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
