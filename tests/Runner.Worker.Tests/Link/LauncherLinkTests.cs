using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Backends;
using Runner.Backends.Link;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;
using Runner.Testing;
using Runner.Worker.Commands;
using Runner.Worker.Link;

namespace Runner.Worker.Tests.Link;

/// <summary>Both ends of the link over a real socket: the worker's, and the launcher's out of the backends.</summary>
public sealed class LauncherLinkTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Secret _key = LinkKey.New();
    private readonly FakeHandler _handler = new();
    private readonly LauncherLink _link;
    private readonly RequestDesk _desk;
    private readonly List<RequestMadeEvent> _made = [];
    private int _bytesUntilCut = int.MaxValue;
    private int _streams;
    private bool _isBridged;
    private Task<int> _bridge = Task.FromResult(0);

    public LauncherLinkTests()
    {
        _desk = new RequestDesk(TestSetup.Job, _key, OpenAsync, _handler, TimeProvider.System, NullLogger.Instance);
        _link = new LauncherLink(
            _folder.FullPath, _key, made => Take((RequestMadeEvent)made), TimeProvider.System, NullLogger.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        await _link.DisposeAsync();
        Assert.Equal(0, await _bridge);
        _folder.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(int.MaxValue)]
    [InlineData(1_000_000)]
    [InlineData(300_000)]
    public async Task Answer_comes_whole_and_is_made_once_however_often_its_stream_is_cut(int bytesUntilCut)
    {
        _bytesUntilCut = bytesUntilCut;
        var answer = new byte[3_000_000]; // more than the launcher keeps
        Random.Shared.NextBytes(answer);
        _handler.Answer = async (_, output, cancellationToken) =>
        {
            await output.WriteAsync(answer, cancellationToken);
            return new RequestDone();
        };
        using var received = new MemoryStream();

        var result = await _link.AskAsync(new WorkspaceRequest(), received, Token);

        Assert.IsType<RequestDone>(result);
        Assert.Equal(answer, received.ToArray());
        Assert.Equal(1, _handler.Calls);
        Assert.Equal(bytesUntilCut == int.MaxValue, _streams == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Several_requests_are_answered_side_by_side()
    {
        _handler.Answer = (request, _, _) => Task.FromResult<RequestResult>(
            new ContainerEnded { ExitCode = int.Parse(((ActionRequest)request).Sha, System.Globalization.CultureInfo.InvariantCulture) });

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => _link.AskAsync(
            new ActionRequest { Action = new ActionName { Repository = "o/r", Ref = "v1" }, Sha = $"{number}" }, Stream.Null, Token)));

        Assert.Equal(Enumerable.Range(0, 20), results.Select(result => Assert.IsType<ContainerEnded>(result).ExitCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_request_stops_what_the_launcher_does_for_it()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Answer = async (_, _, cancellationToken) =>
        {
            await using var registration = cancellationToken.Register(() => stopped.TrySetResult());
            started.TrySetResult();
            await stopped.Task;
            return new RequestDone();
        };
        using var cancel = new CancellationTokenSource();

        var asking = _link.AskAsync(new WorkspaceRequest(), Stream.Null, cancel.Token);
        await started.Task.WaitAsync(Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(stopped.Task.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_lets_go_of_a_job_leaves_what_runs_and_tells_no_result_of_it()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isStopped = false;
        _handler.Answer = async (_, _, cancellationToken) =>
        {
            await using var registration = cancellationToken.Register(() => isStopped = true);
            started.TrySetResult();
            await closed.Task;
            throw new InvalidOperationException("what it is done with is closed by now");
        };
        var successor = new FakeHandler { Answer = (_, _, _) => Task.FromResult<RequestResult>(new ContainerEnded { ExitCode = 3 }) };
        await using var next = new RequestDesk(TestSetup.Job, _key, OpenAsync, successor, TimeProvider.System, NullLogger.Instance);

        var asking = _link.AskAsync(new WorkspaceRequest(), Stream.Null, Token);
        await started.Task.WaitAsync(Token);
        _desk.LetGo();
        await _desk.DisposeAsync();
        closed.TrySetResult();
        next.Take(_made.Single());

        Assert.Equal(3, Assert.IsType<ContainerEnded>(await asking).ExitCode);
        Assert.False(isStopped);
        Assert.Equal(1, _handler.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_that_is_over_can_be_let_go_of_and_its_end_be_told_twice()
    {
        Assert.IsType<RequestDone>(await _link.AskAsync(new WorkspaceRequest(), Stream.Null, Token));

        await _desk.DisposeAsync();
        _desk.LetGo();
        await _desk.DisposeAsync();

        Assert.Equal(1, _handler.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Request_that_nobody_came_for_ends_at_once_when_it_is_cancelled()
    {
        var announced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new FakeTimeProvider(); // stands still: what would be waited for never comes
        using var folder = new TempFolder();
        await using var link = new LauncherLink(folder.FullPath, LinkKey.New(), _ => announced.TrySetResult(), time, NullLogger.Instance);
        using var cancel = new CancellationTokenSource();

        var asking = link.AskAsync(new ServiceLogRequest { Container = "service-db" }, Stream.Null, cancel.Token);
        await announced.Task.WaitAsync(Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_connects_to_the_socket_gets_nothing_and_disturbs_nothing()
    {
        var id = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Answer = async (_, _, _) =>
        {
            id.TrySetResult(_handler.LastId);
            await go.Task;
            return new RequestDone();
        };
        var asking = _link.AskAsync(new WorkspaceRequest(), Stream.Null, Token);
        var requestId = await id.Task.WaitAsync(Token);

        await using var stream = await ConnectAsync(Token);
        using var stranger = await SealedLink.OpenAsync(stream, LinkKey.New(), isLauncher: true, Token);
        await stranger.WriteAsync(LinkFrameKind.Attach, System.Text.Encoding.UTF8.GetBytes(requestId), Token);
        var answer = await stranger.ReadAsync(Token);
        go.TrySetResult();

        Assert.Null(answer);
        Assert.IsType<RequestDone>(await asking);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[LauncherLink.SocketName]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Actions_are_resolved_and_fetched_and_what_is_wrong_with_them_is_the_workflows()
    {
        _handler.Answer = async (request, output, cancellationToken) =>
        {
            switch (request)
            {
                case ResolveActionsRequest resolve:
                    return new ActionsResolved { Actions = [.. resolve.Actions.Select(action => new ActionCommit { Repository = action.Repository, Sha = "abc" })] };
                case ActionRequest { Sha: "abc" }:
                    await output.WriteAsync("archive"u8.ToArray(), cancellationToken);
                    return new RequestDone();
                default:
                    throw new WorkflowException("no such commit");
            }
        };
        var source = new LinkActionSource(_link);

        var resolved = await source.ResolveAsync([new RepositoryAction("octo/act", "v1", "sub")], new NoFeedback(), Token);
        await source.FetchAsync(resolved[0], _folder["a.tgz"], new NoFeedback(), Token);
        var error = await Assert.ThrowsAsync<WorkflowException>(
            () => source.FetchAsync(resolved[0] with { Sha = "def" }, _folder["b.tgz"], new NoFeedback(), Token));

        Assert.Equal(("octo/act", "abc"), (resolved[0].ResolvedName, resolved[0].Sha));
        Assert.Equal("archive", await File.ReadAllTextAsync(_folder["a.tgz"], Token));
        Assert.Equal("no such commit", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Container_runs_at_the_launcher_and_its_output_comes_back_through_the_bridge_program()
    {
        _isBridged = true;
        _handler.Answer = async (request, output, cancellationToken) =>
        {
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"hello {((ContainerRequest)request).Arguments[0]}\n"), cancellationToken);
            return new ContainerEnded { ExitCode = 3 };
        };
        var output = new Output();

        var end = await new LinkContainerRunner(_link).RunAsync(SomeContainer("world"), output, Token);

        Assert.Equal((3, "hello world\n"), (end.ExitCode, output.Text));
    }

    [Fact(Timeout = 60_000)]
    public async Task Container_that_cannot_be_run_is_the_workflows_mistake_or_the_launchers_trouble()
    {
        _handler.Answer = (_, _, _) => throw new WorkflowException("no such image");
        var mistake = await Assert.ThrowsAsync<WorkflowException>(() => new LinkContainerRunner(_link).RunAsync(SomeContainer("a"), new Output(), Token));
        _handler.Answer = (_, _, _) => throw new InfrastructureException("no engine");
        var trouble = await Assert.ThrowsAsync<InfrastructureException>(() => new LinkContainerRunner(_link).RunAsync(SomeContainer("a"), new Output(), Token));

        Assert.Equal(("no such image", "no engine"), (mistake.Message, trouble.Message));
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkout_is_sent()
    {
        _handler.Answer = async (_, output, cancellationToken) =>
        {
            await output.WriteAsync("checkout"u8.ToArray(), cancellationToken);
            return new WorkspaceSent();
        };

        await new LinkWorkspaceSource(_link).FetchAsync(_folder["checkout"], Token);

        Assert.Equal("checkout", await File.ReadAllTextAsync(_folder["checkout"], Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkout_that_cannot_be_sent_is_refused_with_the_launchers_words()
    {
        _handler.Answer = (_, _, _) => throw new WorkflowException("the checkout is gone");

        var error = await Assert.ThrowsAsync<WorkflowException>(() => new LinkWorkspaceSource(_link).FetchAsync(_folder["checkout"], Token));

        Assert.Equal("the checkout is gone", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Logs_of_a_service_are_what_its_launcher_reads_of_that_container()
    {
        _handler.Answer = async (request, output, cancellationToken) =>
        {
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"log of {((ServiceLogRequest)request).Container}\n"), cancellationToken);
            return new RequestDone();
        };
        var output = new Output();

        await new LinkServiceLogs(_link).WriteAsync("service-db", output, Token);
        _handler.Answer = (_, _, _) => throw new InfrastructureException("no engine");
        var error = await Assert.ThrowsAsync<InfrastructureException>(() => new LinkServiceLogs(_link).WriteAsync("service-db", output, Token));

        Assert.Equal(("log of service-db\n", "no engine"), (output.Text, error.Message));
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_never_comes_is_asked_again_and_given_up_at_last()
    {
        var asked = 0;
        using var folder = new TempFolder();
        var time = new WaitableTime();
        await using var link = new LauncherLink(folder.FullPath, LinkKey.New(), _ => asked++, time, NullLogger.Instance);

        var asking = link.AskAsync(new WorkspaceRequest(), Stream.Null, Token);
        for (var times = 1; times <= 11; times++)
        {
            await time.Waits(TimeSpan.FromSeconds(30), times).WaitAsync(Token);
            Assert.Equal((times, false), (asked, asking.IsCompleted));
            time.Advance(TimeSpan.FromSeconds(30));
        }

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => asking);
        Assert.Equal("Whoever launched this job did not answer the request 'workspace' within 5 minutes", error.Message);
    }

    private void Take(RequestMadeEvent made)
    {
        _made.Add(made);
        _desk.Take(made);
    }

    private static ContainerRequest SomeContainer(string argument) => new()
    {
        StepName = "Run it",
        Source = new ContainerImage { Image = "alpine" },
        Arguments = [argument],
        WorkingDirectory = "/github/workspace",
        Mounts = [],
    };

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (_isBridged)
        {
            return await OpenBridgeAsync(cancellationToken);
        }

        _streams++;
        return new CutStream(await ConnectAsync(cancellationToken), _bytesUntilCut);
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder[LauncherLink.SocketName]), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    // The socket pair stands for the streams of an exec.
    private async Task<Stream> OpenBridgeAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["exec.sock"]));
        listener.Listen();
        var launcher = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await launcher.ConnectAsync(new UnixDomainSocketEndPoint(_folder["exec.sock"]), cancellationToken);
        var bridge = new NetworkStream(await listener.AcceptAsync(cancellationToken), ownsSocket: true);
        var arguments = Arguments.Parse(["link", "--spool", _folder.FullPath], [], ["--spool"]);
        _bridge = LinkCommand.RunAsync(arguments, bridge, bridge, TextWriter.Null);
        return new NetworkStream(launcher, ownsSocket: true);
    }

    private sealed class Output : IContainerOutput
    {
        public string Text { get; private set; } = string.Empty;

        public void Write(ReadOnlySpan<byte> bytes) => Text += System.Text.Encoding.UTF8.GetString(bytes);
    }

    private sealed class NoFeedback : IActionFeedback
    {
        public void Warn(string message) => Assert.Fail(message);

        public void Mask(string secret) => Assert.Fail("nothing to mask");
    }

    private sealed class FakeHandler : IWorkerRequestHandler
    {
        public Func<WorkerRequest, Stream, CancellationToken, Task<RequestResult>> Answer { get; set; } =
            (_, _, _) => Task.FromResult<RequestResult>(new RequestDone());

        public int Calls { get; private set; }

        public string LastId { get; private set; } = string.Empty;

        public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
        {
            Calls++;
            LastId = exchange.RequestId;
            return Answer(request, exchange.Output, cancellationToken);
        }
    }

    /// <summary>A stream that breaks after a number of bytes, in the middle of a write, as a network does.</summary>
    private sealed class CutStream(Stream inner, int bytesUntilCut) : Stream
    {
        private int _left = bytesUntilCut;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, _left);
            await inner.WriteAsync(buffer[..count], cancellationToken);
            _left -= count;
            if (count < buffer.Length)
            {
                await inner.DisposeAsync();
                throw new IOException("cut");
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
            // Nothing is kept here.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
