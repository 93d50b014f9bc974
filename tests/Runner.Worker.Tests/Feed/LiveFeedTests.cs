using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs;
using Runner.Jobs.Secrets;
using Runner.Worker.Feed;

namespace Runner.Worker.Tests.Feed;

public sealed class LiveFeedTests
{
    private static readonly StepId Step = StepId.New();

    [Fact(Timeout = 30_000)]
    public async Task Lines_arrive_with_the_token_and_what_waits_at_the_end_is_sent_at_once()
    {
        await using var server = await FeedServer.StartAsync();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var feed = new LiveFeed(server.Address, new Secret("job-token"), http, TimeProvider.System) { EndLimit = TimeSpan.FromSeconds(25) };

        feed.Offer(Step, 1, "first"u8);
        var live = await server.NextAsync(TestContext.Current.CancellationToken);
        feed.Offer(Step, 2, Encoding.UTF8.GetBytes(new string('x', 1000)));
        feed.Offer(Step, 3, Encoding.UTF8.GetBytes(new string('y', 1000)));
        await feed.DisposeAsync();
        var last = await server.NextAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Bearer job-token", server.Authorization);
        Assert.Equal(["first"], live.Lines);
        Assert.Equal([new string('x', 1000), new string('y', 1000)], last.Lines);
        Assert.Equal(2, last.StartLine);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_service_that_is_not_there_costs_the_end_of_the_job_no_more_than_its_limit()
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var time = new FakeTimeProvider();
        var feed = new LiveFeed(new Uri("http://127.0.0.1:9/_ws"), new Secret("t"), http, time);
        feed.Offer(Step, 1, "lost"u8);
        time.Advance(TimeSpan.FromMilliseconds(250)); // a round: from here on it is tried
        feed.Offer(Step, 2, "lost, too"u8);
        var start = TimeProvider.System.GetTimestamp();

        await feed.DisposeAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_that_is_over_before_anything_was_shown_makes_no_connection()
    {
        await using var server = await FeedServer.StartAsync();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var feed = new LiveFeed(server.Address, new Secret("job-token"), http, new FakeTimeProvider());

        feed.Offer(Step, 1, "first"u8);
        await feed.DisposeAsync();

        Assert.Null(server.Authorization);
    }

    [Theory]
    [InlineData("https://results.example/_ws/ingest.sock", "wss://results.example/_ws/ingest.sock")]
    [InlineData("http://127.0.0.1:7100/_ws", "ws://127.0.0.1:7100/_ws")]
    [InlineData("wss://results.example/x", "wss://results.example/x")]
    public void Web_addresses_become_web_socket_addresses(string given, string expected) =>
        Assert.Equal(new Uri(expected), WebSocketChannel.AddressOf(new Uri(given)));

    private sealed class FeedServer : IAsyncDisposable
    {
        private readonly Channel<(string[] Lines, long StartLine)> _messages = Channel.CreateUnbounded<(string[], long)>();
        private readonly WebApplication _app;

        private FeedServer()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.UseWebSockets();
            _app.Run(async http =>
            {
                Authorization = http.Request.Headers.Authorization.ToString();
                using var socket = await http.WebSockets.AcceptWebSocketAsync();
                await ReadAsync(socket, http.RequestAborted);
            });
        }

        public string? Authorization { get; private set; }

        public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() + "/_ws");

        public static async Task<FeedServer> StartAsync()
        {
            var server = new FeedServer();
            await server._app.StartAsync();
            return server;
        }

        public async Task<(string[] Lines, long StartLine)> NextAsync(CancellationToken cancellationToken) =>
            await _messages.Reader.ReadAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            // Nobody waits for a connection that a client left open.
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }

        private async Task ReadAsync(WebSocket socket, CancellationToken cancellationToken)
        {
            using var message = new MemoryStream();
            var buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: not WebSocketMessageType.Close } frame)
            {
                message.Write(buffer, 0, frame.Count);
                if (!frame.EndOfMessage)
                {
                    continue;
                }

                using var json = JsonDocument.Parse(message.ToArray());
                message.SetLength(0);
                await _messages.Writer.WriteAsync(
                    ([.. json.RootElement.GetProperty("value").EnumerateArray().Select(line => line.GetString() ?? "")], json.RootElement.GetProperty("startLine").GetInt64()),
                    cancellationToken);
            }
        }
    }
}
