using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Data;

/// <summary>Reads and writes context data in GitHub's JSON form (<c>job-message.md</c> section 5).</summary>
public sealed class ContextDataConverter : JsonConverter<ContextData>
{
    private enum DataType
    {
        String = 0,
        Array = 1,
        Dictionary = 2,
        Boolean = 3,
        Number = 4,
        CaseSensitiveDictionary = 5,
    }

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeof(ContextData).IsAssignableFrom(typeToConvert);

    /// <inheritdoc/>
    public override ContextData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Read(document.RootElement);
    }

    /// <summary>Plain JSON (as an event file holds it) as context data.</summary>
    public static ContextData FromPlainJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => new ArrayData([.. element.EnumerateArray().Select(FromPlainJson)]),
        JsonValueKind.Object => new DictionaryData(
            [.. element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, FromPlainJson(property.Value)))]),
        _ => Read(element),
    };

    /// <summary>Writes a value as the plain JSON that an event file holds.</summary>
    public static void WritePlainJson(Utf8JsonWriter writer, ContextData value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (value)
        {
            case ArrayData array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                {
                    WritePlainJson(writer, item);
                }

                writer.WriteEndArray();
                break;
            case DictionaryData dictionary:
                writer.WriteStartObject();
                foreach (var (name, item) in dictionary.Entries)
                {
                    writer.WritePropertyName(name);
                    WritePlainJson(writer, item);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteScalar(writer, value);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ContextData value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case ArrayData array:
                writer.WriteStartObject();
                writer.WriteNumber("t", (int)DataType.Array);
                writer.WriteStartArray("a");
                foreach (var item in array.Items)
                {
                    Write(writer, item, options);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case DictionaryData dictionary:
                WriteDictionary(writer, dictionary, options);
                break;
            default:
                WriteScalar(writer, value);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, ContextData? value)
    {
        switch (value)
        {
            case null or NullData:
                writer.WriteNullValue();
                break;
            case StringData text:
                writer.WriteStringValue(text.Value);
                break;
            case BooleanData boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case NumberData number when double.IsFinite(number.Value):
                writer.WriteNumberValue(number.Value);
                break;
            case NumberData number:
                writer.WriteStartObject();
                writer.WriteNumber("t", (int)DataType.Number);
                JsonMember.WriteNumber(writer, "n", number.Value);
                writer.WriteEndObject();
                break;
            default:
                throw new JsonException($"{value.GetType().Name} has no JSON form");
        }
    }

    private static ContextData Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => NullData.Instance,
        JsonValueKind.String => new StringData(element.GetString() ?? string.Empty),
        JsonValueKind.True => new BooleanData(true),
        JsonValueKind.False => new BooleanData(false),
        JsonValueKind.Number => new NumberData(element.GetDouble()),
        JsonValueKind.Object => ReadObject(element),
        _ => throw new JsonException("Context data cannot be a bare JSON array; a list is written {\"t\":1,\"a\":[…]}"),
    };

    private static ContextData ReadObject(JsonElement element)
    {
        var type = (DataType)(int)JsonMember.Number(element, "t");
        return type switch
        {
            DataType.String => new StringData(JsonMember.Text(element, "s") ?? string.Empty),
            DataType.Array => new ArrayData([.. JsonMember.Items(element, "a").Select(Read)]),
            DataType.Dictionary => ReadDictionary(element, isCaseSensitive: false),
            DataType.CaseSensitiveDictionary => ReadDictionary(element, isCaseSensitive: true),
            DataType.Boolean => new BooleanData(JsonMember.Find(element, "b") is { ValueKind: JsonValueKind.True }),
            DataType.Number => new NumberData(JsonMember.Number(element, "n")),
            _ => throw new JsonException($"Unknown context data type {(int)type}; known are 0 (string) to 5 (case-sensitive dictionary)"),
        };
    }

    private static DictionaryData ReadDictionary(JsonElement element, bool isCaseSensitive) => new(
        [.. JsonMember.Items(element, "d").Select(entry => KeyValuePair.Create(
            JsonMember.Text(entry, "k") ?? string.Empty,
            Read(JsonMember.Find(entry, "v") ?? default)))],
        isCaseSensitive);

    private void WriteDictionary(Utf8JsonWriter writer, DictionaryData dictionary, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("t", (int)(dictionary.IsCaseSensitive ? DataType.CaseSensitiveDictionary : DataType.Dictionary));
        writer.WriteStartArray("d");
        foreach (var (name, value) in dictionary.Entries)
        {
            writer.WriteStartObject();
            writer.WriteString("k", name);
            writer.WritePropertyName("v");
            Write(writer, value, options);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
