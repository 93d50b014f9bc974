using System.IO.Compression;
using System.Text;

namespace Runner.Jobs.Outcomes;

/// <summary>
/// The last part of a job's log, which is not at GitHub yet. A worker leaves it where its outcome will be, for whoever finds the worker killed: then nobody can
/// read its spool any more, as that of a pod goes with its containers.
/// </summary>
/// <remarks>
/// It is what would have been sent: masked, whole lines, each with its time. It is packed (deflate, base64 in JSON), as a termination message has 4 KiB. Nothing
/// proves it, and nothing is decided by it: a step that writes one has written its own job's log.
/// </remarks>
public sealed record UnsentLog
{
    // Its JSON but for the text: names, two numbers.
    private const int WrapBytes = 120;

    private const int Halvings = 8;

    /// <summary>Bytes of a log's end that are worth to be handed over; more would not fit.</summary>
    public const int MaxTextBytes = 16 * 1024;

    /// <summary>Bytes of the job's log that are at GitHub for certain.</summary>
    public required long Position { get; init; }

    /// <summary>Bytes of it that are neither there nor here, as there was no room; they come between the two.</summary>
    public long Lost { get; init; }

    /// <summary>The text: UTF-8, deflated, in base64.</summary>
    public required string Packed { get; init; }

    /// <summary>Packs the end of a log.</summary>
    /// <param name="position">Bytes of the log that are at GitHub.</param>
    /// <param name="length">Bytes of the log.</param>
    /// <param name="end">The last of those that are not, at most <see cref="MaxTextBytes"/>. What does not fit is left out at its start, by whole lines.</param>
    /// <param name="maxBytes">Most bytes that it may have as JSON.</param>
    public static UnsentLog Pack(long position, long length, ReadOnlySpan<byte> end, int maxBytes = WorkerOutcome.MaxBytes)
    {
        var most = (maxBytes - WrapBytes) * 3 / 4; // in base64
        end = end[..(end.LastIndexOf((byte)'\n') + 1)];
        var kept = length - position > end.Length ? FromLineStart(end) : end;
        var packed = Deflate(kept);
        for (var tries = 0; kept.Length > 0 && packed.Length > most; tries++)
        {
            kept = tries < Halvings ? FromLineStart(kept[(kept.Length / 2)..]) : [];
            packed = Deflate(kept);
        }

        return new UnsentLog { Position = position, Lost = Math.Max(0, length - position - kept.Length), Packed = Convert.ToBase64String(packed) };
    }

    /// <summary>The same within fewer bytes; <c>null</c>: nothing of it fits.</summary>
    public UnsentLog? Within(int maxBytes)
    {
        var text = Encoding.UTF8.GetBytes(Text());
        var packed = Pack(Position, Position + Lost + text.Length, text, maxBytes);
        return packed.Text().Length > 0 ? packed : null;
    }

    /// <summary>The lines, each with its line feed; never more than <see cref="MaxTextBytes"/>.</summary>
    /// <exception cref="FormatException">It is not what <see cref="Pack"/> made.</exception>
    /// <exception cref="InvalidDataException">The same.</exception>
    public string Text()
    {
        using var packed = new MemoryStream(Convert.FromBase64String(Packed));
        using var inflated = new DeflateStream(packed, CompressionMode.Decompress);
        var bytes = new byte[MaxTextBytes];
        var text = Encoding.UTF8.GetString(bytes, 0, inflated.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        return text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";
    }

    private static ReadOnlySpan<byte> FromLineStart(ReadOnlySpan<byte> text) => text[(text.IndexOf((byte)'\n') + 1)..];

    private static byte[] Deflate(ReadOnlySpan<byte> text)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal))
        {
            deflate.Write(text);
        }

        return packed.ToArray();
    }
}
