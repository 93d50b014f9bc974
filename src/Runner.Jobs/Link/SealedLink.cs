using System.Buffers.Binary;
using System.Security.Cryptography;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Link;

/// <summary>
/// Frames between worker and launcher over a stream that others may reach: a socket in a folder that steps can write to, a bridge program
/// that a step may have replaced. Nobody without the job's key can read, add, repeat, swap or leave out one unnoticed.
/// </summary>
/// <remarks>
/// Each side sends 32 random bytes. From the key and both, HKDF-SHA-256 makes one key a direction, used for this stream only. A frame is its
/// length (4 bytes, big-endian, authenticated) and the rest under AES-256-GCM, whose nonce is the frame's number. One may write while
/// another reads; writes are put in order here.
/// </remarks>
public sealed class SealedLink : IDisposable
{
    /// <summary>Most bytes of a frame's body.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    private const int HeadBytes = 4;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int HelloBytes = 32;

    private readonly Stream _stream;
    private readonly AesGcm _sendKey;
    private readonly AesGcm _receiveKey;
    private readonly SemaphoreSlim _writing = new(1);
    private ulong _sent;
    private ulong _received;

    private SealedLink(Stream stream, byte[] sendKey, byte[] receiveKey)
    {
        _stream = stream;
        _sendKey = new AesGcm(sendKey, TagBytes);
        _receiveKey = new AesGcm(receiveKey, TagBytes);
    }

    /// <summary>Greets the other side. Whether it has the key, its first frame shows.</summary>
    /// <param name="stream">The stream; the caller disposes it.</param>
    /// <param name="key">The job's <see cref="LinkKey"/>.</param>
    /// <param name="isLauncher">Which side this is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IOException">The stream ended.</exception>
    public static async Task<SealedLink> OpenAsync(Stream stream, Secret key, bool isLauncher, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var mine = RandomNumberGenerator.GetBytes(HelloBytes);
        var theirs = new byte[HelloBytes];
        await stream.WriteAsync(mine, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        await stream.ReadExactlyAsync(theirs, cancellationToken);
        byte[] salt = isLauncher ? [.. mine, .. theirs] : [.. theirs, .. mine];
        var (launcher, worker) = (Derive("runner link: launcher"u8), Derive("runner link: worker"u8));
        return isLauncher ? new SealedLink(stream, launcher, worker) : new SealedLink(stream, worker, launcher);

        byte[] Derive(ReadOnlySpan<byte> direction)
        {
            var derived = new byte[LinkKey.Bytes];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, LinkKey.Decode(key), derived, salt, direction);
            return derived;
        }
    }

    /// <summary>Sends a frame.</summary>
    /// <exception cref="ArgumentException">The body is longer than <see cref="MaxBodyBytes"/>.</exception>
    /// <exception cref="IOException">The stream is broken.</exception>
    public async Task WriteAsync(LinkFrameKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.Length > MaxBodyBytes)
        {
            throw new ArgumentException($"A frame has at most {MaxBodyBytes} bytes, not {body.Length}", nameof(body));
        }

        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _stream.WriteAsync(Seal(kind, body.Span), cancellationToken);
            await _stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The next frame, or <c>null</c> where the stream ended between two.</summary>
    /// <exception cref="IOException">The stream is broken, or ended inside a frame.</exception>
    /// <exception cref="InfrastructureException">What came was not sent by the other holder of the key.</exception>
    public async Task<LinkFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        var read = await _stream.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
        {
            return null;
        }

        var length = read == HeadBytes ? BinaryPrimitives.ReadUInt32BigEndian(head) : throw new EndOfStreamException();
        if (length is 0 or > MaxBodyBytes + 1)
        {
            throw Foreign(inner: null);
        }

        var text = new byte[length + TagBytes];
        await _stream.ReadExactlyAsync(text, cancellationToken);
        return Open(head, text, (int)length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sendKey.Dispose();
        _receiveKey.Dispose();
        _writing.Dispose();
    }

    private static InfrastructureException Foreign(Exception? inner) =>
        new("The stream between worker and launcher carries what neither of them sent: it is refused", inner);

    private static void WriteNonce(Span<byte> nonce, ulong number) => BinaryPrimitives.WriteUInt64BigEndian(nonce[(NonceBytes - 8)..], number);

    private byte[] Seal(LinkFrameKind kind, ReadOnlySpan<byte> body)
    {
        var length = body.Length + 1;
        var frame = new byte[HeadBytes + length + TagBytes];
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        WriteNonce(nonce, _sent++);
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)length);
        var text = frame.AsSpan(HeadBytes, length);
        text[0] = (byte)kind;
        body.CopyTo(text[1..]);
        _sendKey.Encrypt(nonce, text, text, frame.AsSpan(HeadBytes + length), frame.AsSpan(0, HeadBytes));
        return frame;
    }

    private LinkFrame Open(byte[] head, byte[] text, int length)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        WriteNonce(nonce, _received++);
        try
        {
            _receiveKey.Decrypt(nonce, text.AsSpan(0, length), text.AsSpan(length), text.AsSpan(0, length), head);
        }
        catch (CryptographicException exception)
        {
            throw Foreign(exception);
        }

        return new LinkFrame((LinkFrameKind)text[0], text.AsMemory(1, length - 1));
    }
}
