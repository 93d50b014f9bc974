using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Runner.Jobs;

namespace Runner.Worker.Feed;

/// <summary>Lines of one step for the live log (<c>results-service.md</c> section 5).</summary>
/// <param name="Step">The step.</param>
/// <param name="StartLine">Number of the first line in the step's log, from 1.</param>
/// <param name="Lines">The lines, without time stamps.</param>
internal sealed record FeedMessage(StepId Step, long StartLine, ImmutableArray<string> Lines)
{
    /// <summary>The message as the service reads it.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WriteNumber("count", Lines.Length);
        writer.WriteStartArray("value");
        foreach (var line in Lines)
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
        writer.WriteString("stepId", Step.Value);
        writer.WriteNumber("startLine", StartLine);
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }
}
