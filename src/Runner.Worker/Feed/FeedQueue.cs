using System.Collections.Immutable;
using System.Text;
using Runner.Jobs;

namespace Runner.Worker.Feed;

/// <summary>
/// Lines that wait to be shown live. Bounded: what comes while it is full is dropped, for the live log is for people who watch and the
/// uploaded log is the truth. The bounds are the official runner's (<c>results-service.md</c> section 6).
/// </summary>
internal sealed class FeedQueue
{
    public const int MaxLines = 1024;
    public const int MaxLineLength = 1024;
    public const int MaxLinesOfMessage = 100;

    private readonly Lock _gate = new();
    private List<(StepId Step, long Number, string Text)> _lines = [];
    private volatile bool _isFull;

    /// <summary>Adds a line, unless it is empty or there is no room. Cheap where there is none.</summary>
    public void Offer(StepId step, long number, ReadOnlySpan<byte> text)
    {
        if (_isFull || text.IsEmpty)
        {
            return;
        }

        var line = Cut(text);
        lock (_gate)
        {
            if (_lines.Count < MaxLines)
            {
                _lines.Add((step, number, line));
                _isFull = _lines.Count == MaxLines;
            }
        }
    }

    /// <summary>Takes all that waits, in order, as messages of lines that follow each other in one step.</summary>
    public ImmutableArray<FeedMessage> Take()
    {
        List<(StepId Step, long Number, string Text)> lines;
        lock (_gate)
        {
            if (_lines.Count == 0)
            {
                return [];
            }

            (lines, _lines) = (_lines, []);
            _isFull = false;
        }

        var messages = ImmutableArray.CreateBuilder<FeedMessage>();
        for (var start = 0; start < lines.Count;)
        {
            var end = start + 1;
            while (end < lines.Count && end - start < MaxLinesOfMessage
                && lines[end].Step == lines[start].Step && lines[end].Number == lines[end - 1].Number + 1)
            {
                end++;
            }

            messages.Add(new FeedMessage(lines[start].Step, lines[start].Number, [.. lines[start..end].Select(line => line.Text)]));
            start = end;
        }

        return messages.ToImmutable();
    }

    private static string Cut(ReadOnlySpan<byte> text)
    {
        // A character has at most four bytes: more need not be decoded.
        var decoded = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * (MaxLineLength + 1))]);
        return decoded.Length > MaxLineLength ? decoded[..MaxLineLength] + "..." : decoded;
    }
}
