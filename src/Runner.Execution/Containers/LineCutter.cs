using Runner.Execution.Hosting;
using Runner.Execution.Processes;

namespace Runner.Execution.Containers;

/// <summary>Cuts bytes that are handed in into lines, by the rules of <see cref="LineReader"/>.</summary>
internal sealed class LineCutter(ILineSink sink) : IContainerOutput
{
    private byte[] _rest = [];
    private int _length;
    private bool _skipsLineFeed;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_skipsLineFeed && bytes[0] == (byte)'\n')
            {
                bytes = bytes[1..];
            }

            _skipsLineFeed = false;
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                Keep(bytes);
                return;
            }

            Emit(bytes[..end]);
            _skipsLineFeed = bytes[end] == (byte)'\r';
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Hands on the last line, which may have no end.</summary>
    public void End()
    {
        if (_length > 0)
        {
            Emit([]);
        }
    }

    private void Emit(ReadOnlySpan<byte> last)
    {
        if (_length == 0)
        {
            sink.Line(last);
            return;
        }

        Keep(last);
        sink.Line(_rest.AsSpan(0, _length));
        _length = 0;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_rest.Length < _length + bytes.Length)
        {
            Array.Resize(ref _rest, Math.Max(4096, (_length + bytes.Length) * 2));
        }

        bytes.CopyTo(_rest.AsSpan(_length));
        _length += bytes.Length;
        while (_length > LineReader.MaxLineBytes)
        {
            var taken = sink.TakeOverlong(_rest.AsSpan(0, _length));
            _rest.AsSpan(taken, _length - taken).CopyTo(_rest);
            _length -= taken;
        }
    }
}
