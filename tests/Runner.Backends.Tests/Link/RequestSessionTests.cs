using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;
using Runner.Testing;

namespace Runner.Backends.Tests.Link;

/// <summary>The launcher's side of one request, against a worker whose frames the test sends one by one.</summary>
public sealed class RequestSessionTests : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(5);

    private readonly Secret _key = LinkKey.New();
    private readonly WaitableTime _time = new();
    private readonly Handler _handler = new();
    private readonly Channel<Stream> _streams = Channel.CreateUnbounded<Stream>();
    private readonly CancellationTokenSource _jobOver = new();
    private bool _isWorkerAway;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _jobOver.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Answer_and_result_are_sent_and_the_workers_word_ends_it()
    {
        _handler.Answer = async (output, token) =>
        {
            await output.WriteAsync("abc"u8.ToArray(), token);
            return new ContainerEnded { ExitCode = 7 };
        };
        var running = RunAsync();
        using var worker = await ConnectAsync(received: 0);

        var bytes = await worker.ReadAsync(Token);
        var result = await worker.ReadAsync(Token);
        await worker.WriteAsync(LinkFrameKind.Done, default, Token);

        Assert.Null(await running);
        Assert.Equal((0, "abc"), (bytes!.Value.Offset, Encoding.UTF8.GetString(bytes.Value.Body.Span[LinkFrame.OffsetBytes..])));
        Assert.Equal(LinkFrameKind.Result, result!.Value.Kind);
        Assert.Equal(7, Assert.IsType<ContainerEnded>(JsonSerializer.Deserialize(result.Value.Body.Span, LinkJson.Default.RequestResult)).ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Stream_that_drops_is_opened_again_and_goes_on_where_the_worker_is()
    {
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Answer = async (output, token) =>
        {
            await output.WriteAsync("abcdef"u8.ToArray(), token);
            await rest.Task;
            return new RequestDone();
        };
        var running = RunAsync();
        using (var first = await ConnectAsync(received: 0))
        {
            await first.ReadAsync(Token);
        }

        await DropAsync();
        using var second = await ConnectAsync(received: 4);
        var bytes = await second.ReadAsync(Token);
        rest.SetResult();
        await second.ReadAsync(Token);
        await second.WriteAsync(LinkFrameKind.Done, default, Token);

        Assert.Null(await running);
        Assert.Equal((4, "ef"), (bytes!.Value.Offset, Encoding.UTF8.GetString(bytes.Value.Body.Span[LinkFrame.OffsetBytes..])));
        Assert.Equal(1, _handler.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Request_that_the_worker_does_not_know_is_over_without_being_done()
    {
        var running = RunAsync();
        using var worker = await AcceptAsync();

        await worker.WriteAsync(LinkFrameKind.Unknown, default, Token);

        Assert.Null(await running);
        Assert.Equal(0, _handler.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_wants_no_answer_any_more_has_it_stopped_and_gets_a_result_all_the_same()
    {
        _handler.Answer = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return new RequestDone();
        };
        var running = RunAsync();
        using var worker = await ConnectAsync(received: 0);

        await worker.WriteAsync(LinkFrameKind.Stop, default, Token);
        var result = await worker.ReadAsync(Token);
        await worker.WriteAsync(LinkFrameKind.Done, default, Token);

        Assert.Null(await running);
        var failed = Assert.IsType<RequestFailed>(JsonSerializer.Deserialize(result!.Value.Body.Span, LinkJson.Default.RequestResult));
        Assert.Equal("It was stopped", failed.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_cannot_be_reached_is_given_up_after_a_while_with_the_reason()
    {
        _isWorkerAway = true;
        var running = RunAsync();

        await _time.Waits(2 * FirstPause);
        _time.Advance(GiveUpAfter + FirstPause);

        Assert.Equal("nobody listens", (await running)?.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_is_over_ends_it_and_what_is_done_for_it()
    {
        var stopped = false;
        _handler.Answer = async (_, token) =>
        {
            await using var registration = token.Register(() => stopped = true);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return new RequestDone();
        };
        var running = RunAsync();
        using var worker = await ConnectAsync(received: 0);
        await _handler.Started.Task;

        await _jobOver.CancelAsync();

        Assert.Null(await running);
        Assert.True(stopped);
    }

    private Task<Exception?> RunAsync() =>
        new RequestSession(new JobId(Guid.NewGuid()), "r1", _key, OpenAsync, _handler, _time).RunAsync(_jobOver.Token, CancellationToken.None);

    // After a dropped stream that brought progress the next one comes after the first pause.
    private async Task DropAsync()
    {
        await _time.Waits(FirstPause);
        _time.Advance(FirstPause);
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (_isWorkerAway)
        {
            throw new InfrastructureException("nobody listens");
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint, cancellationToken);
        _streams.Writer.TryWrite(new NetworkStream(await listener.AcceptSocketAsync(cancellationToken), ownsSocket: true));
        return new NetworkStream(client, ownsSocket: true);
    }

    private async Task<WorkerEnd> AcceptAsync()
    {
        var stream = await _streams.Reader.ReadAsync(Token);
        var worker = new WorkerEnd(stream, await SealedLink.OpenAsync(stream, _key, isLauncher: false, Token));
        var attach = await worker.ReadAsync(Token);
        Assert.Equal((LinkFrameKind.Attach, "r1"), (attach!.Value.Kind, Encoding.UTF8.GetString(attach.Value.Body.Span)));
        return worker;
    }

    private async Task<WorkerEnd> ConnectAsync(long received)
    {
        var worker = await AcceptAsync();
        _time.Advance(TimeSpan.FromMilliseconds(1)); // progress is told by the clock
        var message = new RequestMessage { Request = new WorkspaceRequest(), Received = received };
        await worker.WriteAsync(LinkFrameKind.Request, JsonSerializer.SerializeToUtf8Bytes(message, LinkJson.Default.RequestMessage), Token);
        return worker;
    }

    private sealed class WorkerEnd(Stream stream, SealedLink link) : IDisposable
    {
        public Task<LinkFrame?> ReadAsync(CancellationToken cancellationToken) => link.ReadAsync(cancellationToken);

        public async Task WriteAsync(LinkFrameKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
            await link.WriteAsync(kind, body, cancellationToken);

        public void Dispose()
        {
            link.Dispose();
            stream.Dispose();
        }
    }

    private sealed class Handler : IWorkerRequestHandler
    {
        public Func<Stream, CancellationToken, Task<RequestResult>> Answer { get; set; } = (_, _) => Task.FromResult<RequestResult>(new RequestDone());

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
        {
            Calls++;
            Started.TrySetResult();
            return Answer(exchange.Output, cancellationToken);
        }
    }
}
