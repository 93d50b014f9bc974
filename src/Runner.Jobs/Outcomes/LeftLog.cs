using System.Text.Json;

namespace Runner.Jobs.Outcomes;

/// <summary>The one property by which an <see cref="UnsentLog"/> is found, alone or in a <see cref="WorkerOutcome"/>.</summary>
public sealed record LeftLog
{
    /// <summary>What was left, or <c>null</c>: nothing.</summary>
    public UnsentLog? Unsent { get; init; }

    /// <summary>What a worker that runs leaves: this, and no outcome; <c>null</c>: all that it logged is at GitHub.</summary>
    public static byte[] ToJson(UnsentLog? unsent) => JsonSerializer.SerializeToUtf8Bytes(new LeftLog { Unsent = unsent }, LeftLogJson.Default.LeftLog);

    /// <summary>What a worker left in place of its outcome, or in it; <c>null</c>: nothing that can be read.</summary>
    public static UnsentLog? Find(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        try
        {
            var unsent = JsonSerializer.Deserialize(json, LeftLogJson.Default.LeftLog)?.Unsent;
            return unsent is { Position: >= 0, Lost: >= 0, Packed.Length: > 0 } && unsent.Text().Length > 0 ? unsent : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidDataException)
        {
            return null; // a worker that was killed while it wrote, or a step's own doing
        }
    }
}
