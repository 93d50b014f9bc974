using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Worker.Ports;

namespace Runner.Worker.Tests.Ports;

public sealed class PortForwarderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task What_is_said_at_localhost_reaches_the_service_and_its_answer_comes_back()
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        var port = FreePort();
        await using var forwarder = PortForwarder.Start([new PortForward(port, "127.0.0.1", PortOf(service))], NullLogger.Instance);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        using var accepted = await service.AcceptTcpClientAsync(Token);
        var (asks, answers) = (client.GetStream(), accepted.GetStream());
        await asks.WriteAsync("ping"u8.ToArray(), Token);
        asks.Socket.Shutdown(SocketShutdown.Send);
        using var asked = new StreamReader(answers);
        var question = await asked.ReadToEndAsync(Token);
        await answers.WriteAsync("pong"u8.ToArray(), Token);
        answers.Socket.Shutdown(SocketShutdown.Send);
        using var answered = new StreamReader(asks);
        var answer = await answered.ReadToEndAsync(Token);

        Assert.Equal(("ping", "pong"), (question, answer));
    }

    [Fact]
    public void Port_that_is_taken_is_named_with_its_service()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var error = Assert.Throws<InfrastructureException>(() => PortForwarder.Start([new PortForward(PortOf(other), "redis", 6379)], NullLogger.Instance));

        Assert.StartsWith($"Port {PortOf(other)} of the service 'redis' cannot be had at localhost: ", error.Message, StringComparison.Ordinal);
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return PortOf(listener);
    }
}
