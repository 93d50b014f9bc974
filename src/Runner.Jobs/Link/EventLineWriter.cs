using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Runner.Jobs.Link;

/// <summary>
/// Writes events as lines: <c>@event 12 {"type":"line",…}</c>. The number counts lines from 1. An event that is longer than a line may be
/// goes on in the next ones; all its lines but the last have a plus behind the number. For one thread at a time.
/// </summary>
/// <remarks>
/// Container runtimes cut a line at 16 KiB and may put a line of the other stream between its parts, so no line of ours is that long; the
/// numbers show what came twice, after a stream was opened again, and what did not come.
/// </remarks>
public sealed class EventLineWriter
{
    /// <summary>Longest line, its end included.</summary>
    public const int MaxLineBytes = 8 * 1024;

    internal const int MaxHeadBytes = 32;

    // What is escaped for HTML's sake by default would only make lines of logs longer and harder to read.
    private static readonly LinkJson Json = new(new JsonSerializerOptions(LinkJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private readonly ArrayBufferWriter<byte> _json = new();
    private long _number;

    internal static ReadOnlySpan<byte> Prefix => "@event "u8;

    /// <summary>Appends an event's lines.</summary>
    public void Write(WorkerEvent workerEvent, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(workerEvent);
        ArgumentNullException.ThrowIfNull(output);
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            JsonSerializer.Serialize(json, workerEvent, Json.WorkerEvent);
        }

        var rest = _json.WrittenSpan;
        while (rest.Length > MaxLineBytes - MaxHeadBytes)
        {
            var length = WholeCharacters(rest, MaxLineBytes - MaxHeadBytes);
            WriteLine(rest[..length], isLast: false, output);
            rest = rest[length..];
        }

        WriteLine(rest, isLast: true, output);
    }

    private static int WholeCharacters(ReadOnlySpan<byte> utf8, int length)
    {
        while ((utf8[length] & 0xC0) == 0x80) // a byte inside a character
        {
            length--;
        }

        return length;
    }

    private void WriteLine(ReadOnlySpan<byte> part, bool isLast, IBufferWriter<byte> output)
    {
        Span<byte> number = stackalloc byte[20];
        Utf8Formatter.TryFormat(++_number, number, out var digits);
        output.Write(Prefix);
        output.Write(number[..digits]);
        output.Write(isLast ? " "u8 : "+ "u8);
        output.Write(part);
        output.Write("\n"u8);
    }
}
