using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs;

/// <summary>
/// Reads an enum from its name in any case or from its number, and a value this version does not know as the enum's zero;
/// writes the name in camel case. GitHub's services send both forms (<c>job-message.md</c> section 1).
/// </summary>
public sealed class TolerantEnumConverter<TEnum> : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    /// <inheritdoc/>
    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var number) => Known((TEnum)Enum.ToObject(typeof(TEnum), number)),
        JsonTokenType.String when Enum.TryParse<TEnum>(reader.GetString(), ignoreCase: true, out var value) => Known(value),
        JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null => default,
        var other => throw new JsonException($"{typeof(TEnum).Name} must be a name or a number, not {other}"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    }

    private static TEnum Known(TEnum value) => Enum.IsDefined(value) ? value : default;
}
