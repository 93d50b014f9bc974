using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;

namespace Runner.Agent.Queue;

/// <summary>What agents of an installation tell each other of the queues, so that one of them counts for all.</summary>
internal sealed record QueueNote
{
    /// <summary>Beginning of the note's name, which no other note has.</summary>
    public const string NamePrefix = "queue-";

    /// <summary>The last counts, or <c>null</c>: there are none yet.</summary>
    public QueueCounts? Counts { get; init; }

    /// <summary>When the last count ended, well or not; <c>null</c>: there was none.</summary>
    public DateTimeOffset? Tried { get; init; }

    /// <summary>How many calls that took.</summary>
    public int TriedCalls { get; init; }

    /// <summary>Since when an agent counts, or <c>null</c>: none does.</summary>
    public DateTimeOffset? Begun { get; init; }

    /// <summary>As the note's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, QueueJson.Default.QueueNote);

    /// <summary>Out of a note's text; one of another version tells nothing.</summary>
    public static QueueNote Parse(string? text)
    {
        try
        {
            return (text is null ? null : JsonSerializer.Deserialize(text, QueueJson.Default.QueueNote)) ?? new QueueNote();
        }
        catch (JsonException)
        {
            return new QueueNote();
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(QueueNote))]
internal sealed partial class QueueJson : JsonSerializerContext;
