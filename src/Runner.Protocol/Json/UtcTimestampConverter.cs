using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Protocol.Json;

/// <summary>
/// Writes a moment as <c>2026-01-31T08:15:30.123Z</c> (<c>results-service.md</c> section 1) and reads any ISO 8601 form; one without
/// an offset is UTC, as GitHub's services mean it.
/// </summary>
public sealed class UtcTimestampConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.TryParse(
            reader.GetString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment)
            ? moment
            : throw new JsonException("a moment must be ISO 8601, such as 2026-01-31T08:15:30.123Z");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
    }
}
