using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Tokens;

/// <summary>Reads and writes tokens in GitHub's JSON form (<c>job-message.md</c> section 8).</summary>
public sealed class TemplateTokenConverter : JsonConverter<TemplateToken>
{
    private enum TokenType
    {
        String = 0,
        Sequence = 1,
        Mapping = 2,
        Expression = 3,
        Insert = 4,
        Boolean = 5,
        Number = 6,
        Null = 7,
    }

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeof(TemplateToken).IsAssignableFrom(typeToConvert);

    /// <inheritdoc/>
    public override TemplateToken Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Read(document.RootElement);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TemplateToken value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case null or NullToken { Position: null }:
                writer.WriteNullValue();
                return;
            case StringToken { Position: null } text:
                writer.WriteStringValue(text.Value);
                return;
            case BooleanToken { Position: null } boolean:
                writer.WriteBooleanValue(boolean.Value);
                return;
            case NumberToken { Position: null } number when double.IsFinite(number.Value):
                writer.WriteNumberValue(number.Value);
                return;
        }

        writer.WriteStartObject();
        WriteType(writer, value);
        WritePosition(writer, value.Position);
        WriteContent(writer, value, options);
        writer.WriteEndObject();
    }

    private static TemplateToken Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => new NullToken(),
        JsonValueKind.String => new StringToken(element.GetString() ?? string.Empty),
        JsonValueKind.True => new BooleanToken(true),
        JsonValueKind.False => new BooleanToken(false),
        JsonValueKind.Number => new NumberToken(element.GetDouble()),
        JsonValueKind.Object => ReadObject(element),
        _ => throw new JsonException("A template token cannot be a bare JSON array; a sequence is written {\"type\":1,\"seq\":[…]}"),
    };

    private static TemplateToken ReadObject(JsonElement element)
    {
        var position = ReadPosition(element);
        var type = (TokenType)(JsonMember.Find(element, "type") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : 0);
        return type switch
        {
            TokenType.String => new StringToken(JsonMember.Text(element, "lit") ?? string.Empty) { Position = position },
            TokenType.Sequence => new SequenceToken([.. JsonMember.Items(element, "seq").Select(Read)]) { Position = position },
            TokenType.Mapping => new MappingToken([.. JsonMember.Items(element, "map").Select(ReadEntry)]) { Position = position },
            TokenType.Expression => new ExpressionToken(JsonMember.Text(element, "expr") ?? string.Empty) { Position = position },
            TokenType.Insert => new InsertToken { Position = position },
            TokenType.Boolean => new BooleanToken(JsonMember.Find(element, "bool") is { ValueKind: JsonValueKind.True }) { Position = position },
            TokenType.Number => new NumberToken(JsonMember.Number(element, "num")) { Position = position },
            TokenType.Null => new NullToken { Position = position },
            _ => throw new JsonException($"Unknown template token type {(int)type}; known are 0 (string) to 7 (null)"),
        };
    }

    private static MappingEntry ReadEntry(JsonElement element)
    {
        var key = Read(JsonMember.Find(element, "Key") ?? default);
        return key is ScalarToken scalar
            ? new MappingEntry(scalar, Read(JsonMember.Find(element, "Value") ?? default))
            : throw new JsonException("The key of a template mapping must be a scalar");
    }

    private static SourcePosition? ReadPosition(JsonElement element)
    {
        var line = (int)JsonMember.Number(element, "line");
        return line == 0 ? null : new SourcePosition((int)JsonMember.Number(element, "file"), line, (int)JsonMember.Number(element, "col"));
    }

    private static void WriteType(Utf8JsonWriter writer, TemplateToken value) => writer.WriteNumber("type", (int)(value switch
    {
        StringToken => TokenType.String,
        SequenceToken => TokenType.Sequence,
        MappingToken => TokenType.Mapping,
        ExpressionToken => TokenType.Expression,
        InsertToken => TokenType.Insert,
        BooleanToken => TokenType.Boolean,
        NumberToken => TokenType.Number,
        NullToken => TokenType.Null,
        _ => throw new JsonException($"{value.GetType().Name} has no JSON form"),
    }));

    private static void WritePosition(Utf8JsonWriter writer, SourcePosition? position)
    {
        if (position is null)
        {
            return;
        }

        writer.WriteNumber("file", position.File);
        writer.WriteNumber("line", position.Line);
        writer.WriteNumber("col", position.Column);
    }

    private void WriteContent(Utf8JsonWriter writer, TemplateToken value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case StringToken text:
                writer.WriteString("lit", text.Value);
                break;
            case SequenceToken sequence:
                writer.WriteStartArray("seq");
                foreach (var item in sequence.Items)
                {
                    Write(writer, item, options);
                }

                writer.WriteEndArray();
                break;
            case MappingToken mapping:
                WriteEntries(writer, mapping.Entries, options);
                break;
            case ExpressionToken expression:
                writer.WriteString("expr", expression.Expression);
                break;
            case InsertToken:
                writer.WriteString("directive", "insert");
                break;
            case BooleanToken boolean:
                writer.WriteBoolean("bool", boolean.Value);
                break;
            case NumberToken number:
                JsonMember.WriteNumber(writer, "num", number.Value);
                break;
        }
    }

    private void WriteEntries(Utf8JsonWriter writer, ImmutableArray<MappingEntry> entries, JsonSerializerOptions options)
    {
        writer.WriteStartArray("map");
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("Key");
            Write(writer, entry.Key, options);
            writer.WritePropertyName("Value");
            Write(writer, entry.Value, options);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
