using System.Net.WebSockets;
using System.Text;
using Runner.Kubernetes.Client;

namespace Runner.Kubernetes.Tests.Client;

/// <summary>The other end of a connection plays the kubelet: the first byte of each message names its channel.</summary>
public sealed class ExecStreamTests : IDisposable
{
    private readonly System.IO.Pipelines.Pipe _toClient = new();
    private readonly System.IO.Pipelines.Pipe _toServer = new();
    private readonly WebSocket _server;
    private readonly ExecStream _stream;

    public ExecStreamTests()
    {
        _server = WebSocket.CreateFromStream(new Duplex(_toServer.Reader.AsStream(), _toClient.Writer.AsStream()), new WebSocketCreationOptions { IsServer = true });
        _stream = new ExecStream(WebSocket.CreateFromStream(new Duplex(_toClient.Reader.AsStream(), _toServer.Writer.AsStream()), new WebSocketCreationOptions()));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stream.Dispose();
        _server.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_command_prints_is_read_however_it_was_cut_and_the_opening_of_channels_is_not()
    {
        await SendAsync(1, "");
        await SendAsync(3, "");
        await SendAsync(1, "hel", isLast: false);
        await _server.SendAsync(Encoding.UTF8.GetBytes("lo"), WebSocketMessageType.Binary, endOfMessage: true, Token);
        await SendAsync(1, " there");
        await SendAsync(3, """{"status":"Success"}""");
        using var reader = new StreamReader(_stream);

        Assert.Equal("hello there", await reader.ReadToEndAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_written_goes_to_standard_input_in_frames()
    {
        var text = new byte[100_000];
        Random.Shared.NextBytes(text);
        var writing = _stream.WriteAsync(text, Token);

        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (received.Count < text.Length)
        {
            var result = await _server.ReceiveAsync(buffer.AsMemory(), Token);
            Assert.Equal((0, true), (buffer[0], result.EndOfMessage));
            received.AddRange(buffer[1..result.Count]);
        }

        await writing;
        Assert.Equal(text, received);
    }

    [Fact(Timeout = 30_000)]
    public async Task Command_that_fails_is_an_error_with_its_words()
    {
        await SendAsync(2, "runner-worker: no worker listens at /runner/spool/link.sock\n");
        await SendAsync(3, """{"status":"Failure"}""");

        var error = await Assert.ThrowsAsync<IOException>(() => _stream.ReadAsync(new byte[8], Token).AsTask());

        Assert.Equal("runner-worker: no worker listens at /runner/spool/link.sock", error.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connection_that_breaks_is_an_error()
    {
        await _toClient.Writer.CompleteAsync();

        await Assert.ThrowsAsync<IOException>(() => _stream.ReadAsync(new byte[8], Token).AsTask());
    }

    private Task SendAsync(byte channel, string text, bool isLast = true) =>
        _server.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, isLast, Token);

    private sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await output.WriteAsync(buffer, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Each write is sent at once.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
