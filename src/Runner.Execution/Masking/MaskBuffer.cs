using System.Buffers;

namespace Runner.Execution.Masking;

/// <summary>Room that masking needs and reuses. For one thread at a time.</summary>
internal sealed class MaskBuffer
{
    // Larger ones are not kept: one long line must not stay in memory for the rest of the job.
    private const int MaxKeptBytes = 1024 * 1024;

    private ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Places found in the present line.</summary>
    public HitList Hits { get; } = new();

    /// <summary>Places found in a decoded form of the present line.</summary>
    public HitList DecodedHits { get; } = new();

    /// <summary>The present line, decoded.</summary>
    public PercentDecoding Decoding { get; } = new();

    /// <summary>The line with <c>***</c> in the places of <see cref="Hits"/>. Good until the next call.</summary>
    public ReadOnlySpan<byte> Replace(ReadOnlySpan<byte> line)
    {
        if (_bytes.Capacity > MaxKeptBytes)
        {
            _bytes = new ArrayBufferWriter<byte>();
        }

        _bytes.ResetWrittenCount();
        var from = 0;
        for (var i = 0; i < Hits.Count; i++)
        {
            var (start, end) = Hits[i];
            _bytes.Write(line[from..start]);
            _bytes.Write("***"u8);
            from = end;
        }

        _bytes.Write(line[from..]);
        return _bytes.WrittenSpan;
    }
}
