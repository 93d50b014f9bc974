using System.Text;
using Runner.Kubernetes.Link;

namespace Runner.Kubernetes.Actions;

/// <summary>Passes what an action's container prints on to the worker, each byte once, over streams that drop.</summary>
/// <remarks>
/// A stream begins with the log: what was passed on already is counted off. Where the node has begun another file meanwhile, which shows
/// by its first bytes, nobody can tell what of it is new: a line says so.
/// </remarks>
/// <param name="output">Where to; not closed.</param>
/// <param name="received">How many bytes the worker has from a launcher before this one, which passed on the same.</param>
internal sealed class ActionOutput(Stream output, long received) : ILogReader
{
    private const int BufferBytes = 16 * 1024;
    private const int MaxHeadBytes = 4 * 1024; // less than a buffer
    private const string Rotated = "##[warning]The node began a new log file while the connection to it was down: lines may be missing or repeated here";

    private readonly byte[] _head = new byte[MaxHeadBytes];
    private int _headBytes;
    private long _toSkip = received;
    private long _taken;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <inheritdoc/>
    public bool IsComplete => false;

    /// <summary>Writes a line of the launcher's own.</summary>
    public ValueTask WriteLineAsync(string text, CancellationToken cancellationToken) =>
        PassOnAsync(Encoding.UTF8.GetBytes(text.Replace('\n', ' ') + "\n"), cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> ReadAsync(Stream log, Action heard, CancellationToken silence, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var read = await log.ReadAtLeastAsync(buffer.AsMemory(0, _headBytes), _headBytes, throwOnEndOfStream: false, silence);
        if (read < _headBytes)
        {
            return true; // it broke off before anything new
        }

        var left = _taken - read;
        if (!buffer.AsSpan(0, read).SequenceEqual(_head.AsSpan(0, read)))
        {
            await WriteLineAsync(Rotated, cancellationToken);
            _headBytes = 0;
            _taken = left = 0;
            await TakeAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        while ((read = await log.ReadAsync(buffer, silence)) > 0)
        {
            heard();
            var known = (int)Math.Min(left, read);
            left -= known;
            await TakeAsync(buffer.AsMemory(known, read - known), cancellationToken);
        }

        return true;
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var head = Math.Min(bytes.Length, MaxHeadBytes - _headBytes);
        bytes[..head].CopyTo(_head.AsMemory(_headBytes));
        _headBytes += head;
        _taken += bytes.Length;
        Progress += bytes.Length;
        await PassOnAsync(bytes, cancellationToken);
    }

    private ValueTask PassOnAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var known = (int)Math.Min(_toSkip, bytes.Length);
        _toSkip -= known;
        return output.WriteAsync(bytes[known..], cancellationToken);
    }
}
