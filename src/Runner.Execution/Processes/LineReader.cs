using System.Buffers;
using System.Runtime.InteropServices;

namespace Runner.Execution.Processes;

/// <summary>Cuts a stream of bytes into lines, in one reused buffer, without an allocation for each line.</summary>
/// <remarks>
/// A line ends at LF, CR LF or a lone CR, as in the official runner: progress bars become lines. Whoever takes the lines holds the reader up,
/// the pipe fills, and the process waits: nothing is queued. A line longer than <see cref="MaxLineBytes"/> is handed on in pieces.
/// </remarks>
internal sealed class LineReader(ILineSink sink)
{
    /// <summary>Longest line that is handed on whole.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    private const int FirstBufferBytes = 64 * 1024;

    // Each step has a new thread, for which the shared pool would make new buffers: one is handed from step to step.
    private static byte[]? s_spare;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private bool _skipsLineFeed;

    /// <summary>Reads a file descriptor until its end. The last line need not have a line end.</summary>
    public unsafe void ReadToEnd(int file)
    {
        _buffer = Interlocked.Exchange(ref s_spare, null) ?? new byte[FirstBufferBytes];
        try
        {
            while (true)
            {
                MakeRoom();
                nint count;
                fixed (byte* target = &_buffer[_end])
                {
                    count = Libc.Read(file, target, _buffer.Length - _end);
                }

                if (count > 0)
                {
                    Take((int)count);
                }
                else if (count == 0)
                {
                    break;
                }
                else if (Marshal.GetLastPInvokeError() is var error && error != Libc.InterruptedCall)
                {
                    throw new IOException($"The output of the step cannot be read: {Marshal.GetPInvokeErrorMessage(error)}");
                }
            }

            EndLastLine();
        }
        finally
        {
            GiveBack();
            _buffer = [];
        }
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        }
        else if (_buffer.Length < MaxLineBytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(MaxLineBytes, _buffer.Length * 2));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            GiveBack();
            _buffer = larger;
        }
        else
        {
            _start = sink.TakeOverlong(_buffer.AsSpan(0, _end));
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        }

        _end -= _start;
        _start = 0;
    }

    // What stood in the buffer before has no line end: only the new bytes are searched.
    private void Take(int count)
    {
        var from = _end;
        _end += count;
        if (_skipsLineFeed)
        {
            _skipsLineFeed = false;
            if (_buffer[from] == (byte)'\n')
            {
                _start = ++from;
            }
        }

        while (from < _end)
        {
            var offset = _buffer.AsSpan(from, _end - from).IndexOfAny((byte)'\n', (byte)'\r');
            if (offset < 0)
            {
                return;
            }

            var lineEnd = from + offset;
            sink.Line(_buffer.AsSpan(_start, lineEnd - _start));
            from = lineEnd + 1;
            if (_buffer[lineEnd] == (byte)'\r')
            {
                if (from == _end)
                {
                    _skipsLineFeed = true;
                }
                else if (_buffer[from] == (byte)'\n')
                {
                    from++;
                }
            }

            _start = from;
        }
    }

    private void GiveBack()
    {
        if (_buffer.Length == FirstBufferBytes)
        {
            s_spare = _buffer;
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private void EndLastLine()
    {
        if (_end > _start)
        {
            sink.Line(_buffer.AsSpan(_start, _end - _start));
        }
    }
}
