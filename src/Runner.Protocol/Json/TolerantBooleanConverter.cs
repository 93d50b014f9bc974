using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Protocol.Json;

/// <summary>Reads a boolean from <c>true</c>, <c>"True"</c> or <c>null</c> (false): JIT configurations hold all of these. Writes a JSON boolean.</summary>
public sealed class TolerantBooleanConverter : JsonConverter<bool>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadValue(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteBooleanValue(value);
    }

    internal static bool ReadValue(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        JsonTokenType.String when string.IsNullOrWhiteSpace(reader.GetString()) => false,
        JsonTokenType.String when bool.TryParse(reader.GetString(), out var value) => value,
        _ => throw new JsonException("a boolean must be true, false, \"True\" or \"False\""),
    };
}

/// <summary>Reads as <see cref="TolerantBooleanConverter"/> does and writes <c>"True"</c> or <c>"False"</c>: the values of <c>.credentials</c> are texts.</summary>
public sealed class TextBooleanConverter : JsonConverter<bool>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TolerantBooleanConverter.ReadValue(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value ? bool.TrueString : bool.FalseString);
    }
}
