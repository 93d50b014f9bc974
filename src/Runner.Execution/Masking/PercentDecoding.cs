namespace Runner.Execution.Masking;

/// <summary>
/// A line with its percent-encodings (RFC 3986) decoded, and where each byte of it came from. Encoders differ in what they encode, in the case of
/// their digits, and in what they make of a blank; decoded, all of them give the same.
/// </summary>
/// <remarks>Reused from line to line. For one thread at a time.</remarks>
internal sealed class PercentDecoding
{
    /// <summary>What is encoded twice, as an address within an address, is decoded twice. More often is not looked for.</summary>
    public const int MaxRounds = 2;

    /// <summary>Most bytes that a byte has after <see cref="MaxRounds"/> encodings: <c>%2541</c>.</summary>
    public const int MaxGrowth = 5;

    // Larger ones are not kept: one long line must not stay in memory for the rest of the job.
    private const int MaxKeptBytes = 256 * 1024;

    private byte[] _bytes = [];
    private int[] _places = [];
    private int _length;

    /// <summary>The decoded line.</summary>
    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, _length);

    /// <summary>Where a byte of it begins in the line; of its length: where the line ends.</summary>
    public int PlaceOf(int index) => _places[index];

    /// <summary>Whether there may be something to decode in a line, which costs next to nothing to ask.</summary>
    public static bool MayHelp(ReadOnlySpan<byte> line, bool isPlusABlank) => line.Contains((byte)'%') || (isPlusABlank && line.Contains((byte)'+'));

    /// <summary>Decodes a line. False where that changes nothing.</summary>
    public bool Load(ReadOnlySpan<byte> line, bool isPlusABlank)
    {
        if (_bytes.Length < line.Length || _bytes.Length > Math.Max(line.Length, MaxKeptBytes))
        {
            _bytes = new byte[Math.Max(line.Length, 1024)];
            _places = new int[_bytes.Length + 1];
        }

        line.CopyTo(_bytes);
        _length = line.Length;
        for (var i = 0; i <= _length; i++)
        {
            _places[i] = i;
        }

        if (!isPlusABlank)
        {
            return DecodeAgain();
        }

        var hasPlus = Text.Contains((byte)'+');
        _bytes.AsSpan(0, _length).Replace((byte)'+', (byte)' ');
        return DecodeAgain() | hasPlus;
    }

    /// <summary>Decodes what is decoded already. False where that changes nothing.</summary>
    public bool DecodeAgain()
    {
        var written = 0;
        var end = _places[_length];
        for (var i = 0; i < _length; i++)
        {
            _places[written] = _places[i];
            if (_bytes[i] == '%' && i + 2 < _length && Digit(_bytes[i + 1]) is var high and >= 0 && Digit(_bytes[i + 2]) is var low and >= 0)
            {
                _bytes[written++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                _bytes[written++] = _bytes[i];
            }
        }

        _places[written] = end;
        var isChanged = written != _length;
        _length = written;
        return isChanged;
    }

    private static int Digit(byte symbol) => symbol switch
    {
        >= (byte)'0' and <= (byte)'9' => symbol - '0',
        >= (byte)'a' and <= (byte)'f' => symbol - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => symbol - 'A' + 10,
        _ => -1,
    };
}
