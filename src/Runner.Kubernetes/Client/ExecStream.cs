using System.Net.WebSockets;
using System.Text;
using Runner.Jobs.Streams;

namespace Runner.Kubernetes.Client;

/// <summary>Standard input and output of a command that runs in a container: reading gives what it prints, writing is what it reads.</summary>
/// <remarks>
/// The protocol is <c>v4.channel.k8s.io</c>: the first byte of a message names its channel. The client's own demultiplexer blocks a thread for
/// each read and cannot be cancelled, so it is not used here. Whatever ends the connection is an <see cref="IOException"/>; the command's end is
/// the end of the stream, or an error with its words where it printed some to standard error.
/// </remarks>
/// <param name="socket">The connection; ends with the stream.</param>
internal sealed class ExecStream(WebSocket socket) : SequentialStream
{
    private const byte StandardInput = 0;
    private const byte StandardOutput = 1;
    private const byte StandardError = 2;
    private const byte Status = 3;

    private const int MaxFrameBytes = 32 * 1024;
    private const int MaxErrorBytes = 4096;

    private readonly byte[] _received = new byte[MaxFrameBytes];
    private readonly byte[] _sent = new byte[1 + MaxFrameBytes];
    private readonly MemoryStream _error = new();
    private ReadOnlyMemory<byte> _unread;
    private byte _channel;
    private bool _isInMessage;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty)
        {
            if (!await ReceiveAsync(cancellationToken))
            {
                return _error.Length == 0 ? 0 : throw new IOException(Encoding.UTF8.GetString(_error.ToArray()).TrimEnd());
            }
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _sent[0] = StandardInput;
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, MaxFrameBytes);
            buffer[..count].CopyTo(_sent.AsMemory(1));
            try
            {
                await socket.SendAsync(_sent.AsMemory(0, 1 + count), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            catch (WebSocketException failure)
            {
                throw new IOException(failure.Message, failure);
            }

            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Abort(); // without a farewell that would have to be waited for: both sides can go on with the next stream
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    // Takes the next piece of a message; false: the command or the connection is over.
    private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        ValueWebSocketReceiveResult result;
        try
        {
            result = await socket.ReceiveAsync(_received.AsMemory(), cancellationToken);
        }
        catch (WebSocketException failure)
        {
            throw new IOException(failure.Message, failure);
        }

        if (result.MessageType == WebSocketMessageType.Close)
        {
            return false;
        }

        var piece = _received.AsMemory(0, result.Count);
        if (!_isInMessage && !piece.IsEmpty)
        {
            _channel = piece.Span[0];
            piece = piece[1..];
        }

        _isInMessage = !result.EndOfMessage;
        switch (_channel)
        {
            case StandardOutput:
                _unread = piece;
                return true;
            case StandardError:
                _error.Write(piece.Span[..(int)Math.Min(piece.Length, MaxErrorBytes - _error.Length)]);
                return true;
            case Status when !piece.IsEmpty: // an empty one opens the channel
                return false;
            default:
                return true;
        }
    }
}
