using System.Globalization;
using System.Text;

namespace Runner.Jobs.Streams;

/// <summary>
/// A log that another process writes, for somebody who watches: its last part, from the beginning of a line, and what comes. Who reads slower than it grows
/// misses lines in the middle, and is told how much.
/// </summary>
/// <param name="open">Opens the log; <c>null</c>: there is none yet.</param>
/// <param name="isOver">Whether nothing more comes; <c>null</c>: only what is there now is wanted.</param>
/// <param name="last">Bytes that are shown of what was before.</param>
/// <param name="time">The clock.</param>
public sealed class GrowingLog(Func<Stream?> open, Func<bool>? isOver, int last, TimeProvider time) : SequentialStream
{
    // Lines are seen about as soon as a person could; a job that prints without end costs its reader no more than this.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int MaxBytesPerPause = 256 * 1024;

    private readonly byte[] _skipped = new byte[4096];
    private Stream? _log;
    private ReadOnlyMemory<byte> _note;
    private long _position;
    private long _end = long.MaxValue;
    private int _sincePause;
    private bool _isInLine; // of which the beginning was skipped
    private bool _hasBegun;
    private bool _isWithinLine; // what was read ends in the middle of one

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_sincePause >= MaxBytesPerPause && isOver is not null)
            {
                await PauseAsync(cancellationToken);
            }

            var isLast = isOver?.Invoke() ?? true;
            var count = await ReadOnceAsync(buffer, cancellationToken);
            if (count > 0 || isLast)
            {
                return count;
            }

            await PauseAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _log?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask PauseAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, time, cancellationToken);
        _sincePause = 0;
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_note.IsEmpty && !await AdvanceAsync(cancellationToken))
        {
            return 0;
        }

        if (!_note.IsEmpty)
        {
            var part = _note[..Math.Min(_note.Length, buffer.Length)];
            part.CopyTo(buffer);
            _note = _note[part.Length..];
            return part.Length;
        }

        if (_position >= _end)
        {
            return 0; // the line that was skipped ends behind what was there
        }

        var count = await _log!.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _end - _position)], cancellationToken); // not null: it advanced
        _position += count;
        _sincePause += count;
        _isWithinLine = count > 0 ? buffer.Span[count - 1] != (byte)'\n' : _isWithinLine;
        return count;
    }

    /// <summary>Opens the log, and jumps to its last part where the reader is too far behind; false: nothing is to be read just now.</summary>
    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (_log is null)
        {
            _log = open();
            if (_log is null)
            {
                return false;
            }

            _end = isOver is null ? _log.Length : long.MaxValue;
        }

        // Whoever has begun to read may be as far behind as it reads in one pause.
        var allowed = _hasBegun ? Math.Max(last, MaxBytesPerPause) : last;
        if (Math.Min(_log.Length, _end) - allowed is var behind && behind > _position)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{(_isWithinLine ? "\n" : string.Empty)}[{(behind - _position + 1023) / 1024} KiB of this log are not shown here]\n");
            (_note, _isWithinLine) = (Encoding.UTF8.GetBytes(text), false);
            _position = _log.Seek(behind, SeekOrigin.Begin);
            _isInLine = true;
        }

        _hasBegun = true;

        return !_isInLine || await SkipLineAsync(cancellationToken);
    }

    private async ValueTask<bool> SkipLineAsync(CancellationToken cancellationToken)
    {
        while (await _log!.ReadAsync(_skipped, cancellationToken) is > 0 and var count) // not null: it was opened
        {
            var end = _skipped.AsSpan(0, count).IndexOf((byte)'\n');
            _position += end < 0 ? count : end + 1;
            if (end >= 0)
            {
                _log.Seek(_position, SeekOrigin.Begin);
                _isInLine = false;
                return true;
            }
        }

        return !_note.IsEmpty;
    }
}
