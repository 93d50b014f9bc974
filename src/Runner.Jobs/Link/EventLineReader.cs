using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Runner.Jobs.Link;

/// <summary>What a line turned out to be.</summary>
public enum LineReading
{
    /// <summary>No line of an event: what a program other than the worker, or the worker for its operator, printed.</summary>
    Foreign,

    /// <summary>It was read before.</summary>
    Repeated,

    /// <summary>A part of an event; more follows.</summary>
    Part,

    /// <summary>An event is complete.</summary>
    Event,

    /// <summary>Lines before it are missing. Nothing was taken of it.</summary>
    Gap,

    /// <summary>An event whose JSON this version cannot read, or that is too long. It is left out.</summary>
    Unreadable,
}

/// <summary>Reads the lines that <see cref="EventLineWriter"/> wrote, in spite of repetitions; notices what is missing.</summary>
public sealed class EventLineReader
{
    /// <summary>Most bytes of one event: GitHub's limits are 1 MiB for a summary and for a job's outputs.</summary>
    public const int MaxEventBytes = 16 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _parts = new();
    private bool _isTooLong;

    /// <summary>Number of the last line that was taken; 0: none.</summary>
    public long LastNumber { get; private set; }

    /// <summary>The last complete event.</summary>
    public WorkerEvent? Event { get; private set; }

    /// <summary>Takes a line, without its end.</summary>
    public LineReading Read(ReadOnlySpan<byte> line)
    {
        if (!TryReadHead(line, out var number, out var isLast, out var text))
        {
            return LineReading.Foreign;
        }

        if (number <= LastNumber)
        {
            return LineReading.Repeated;
        }

        if (number > LastNumber + 1)
        {
            return LineReading.Gap;
        }

        LastNumber = number;
        _isTooLong |= _parts.WrittenCount + text.Length > MaxEventBytes;
        if (!_isTooLong)
        {
            _parts.Write(text);
        }

        return isLast ? Complete() : LineReading.Part;
    }

    /// <summary>Gives up what is missing before a line that was a <see cref="LineReading.Gap"/>, which can then be read.</summary>
    /// <returns>How many lines are lost.</returns>
    public long SkipTo(ReadOnlySpan<byte> line)
    {
        if (!TryReadHead(line, out var number, out _, out _) || number <= LastNumber + 1)
        {
            return 0;
        }

        var lost = number - LastNumber - 1;
        LastNumber = number - 1;

        // Half an event cannot be completed by the end of another one: that one is then unreadable, which is told.
        _parts.ResetWrittenCount();
        return lost;
    }

    /// <summary>The event of a line that holds all of it, whatever its number; <c>null</c>: it holds none.</summary>
    public static WorkerEvent? TryReadWhole(ReadOnlySpan<byte> line)
    {
        try
        {
            return TryReadHead(line, out _, out var isLast, out var text) && isLast ? JsonSerializer.Deserialize(text, LinkJson.Default.WorkerEvent) : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return null; // the end of an event of several lines, or nothing of ours
        }
    }

    private static bool TryReadHead(ReadOnlySpan<byte> line, out long number, out bool isLast, out ReadOnlySpan<byte> text)
    {
        number = 0;
        isLast = false;
        text = default;
        if (!line.StartsWith(EventLineWriter.Prefix))
        {
            return false;
        }

        var rest = line[EventLineWriter.Prefix.Length..];
        if (!Utf8Parser.TryParse(rest, out number, out var digits) || number <= 0)
        {
            return false;
        }

        rest = rest[digits..];
        isLast = !rest.StartsWith("+"u8);
        rest = isLast ? rest : rest[1..];
        if (!rest.StartsWith(" "u8))
        {
            return false;
        }

        text = rest[1..];
        return true;
    }

    private LineReading Complete()
    {
        try
        {
            Event = _isTooLong ? null : JsonSerializer.Deserialize(_parts.WrittenSpan, LinkJson.Default.WorkerEvent);
            return Event is null ? LineReading.Unreadable : LineReading.Event;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            // NotSupportedException: an event without a type, or of a kind that only later versions have.
            return LineReading.Unreadable;
        }
        finally
        {
            _parts.Clear();
            _isTooLong = false;
        }
    }
}
