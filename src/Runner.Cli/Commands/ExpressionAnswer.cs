using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Runner.Expressions.Values;

namespace Runner.Cli.Commands;

/// <summary>What an expression gave: a value, or an error with its kind (<c>lexing</c>, <c>parsing</c>, <c>evaluation</c>).</summary>
internal sealed record ExpressionAnswer(Value? Value, string? ErrorKind, string? Error)
{
    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ExpressionAnswer OfError(string kind, string message) => new(null, kind, message);

    /// <summary>For people: the text of the value, lists and objects as JSON; or the error.</summary>
    public string ToText() => Value switch
    {
        null => Error ?? string.Empty,
        ArrayValue or ObjectValue => Write(writer => WriteValue(writer, Value)),
        _ => Value.ToText(),
    };

    /// <summary>One line in the form of GitHub's test vectors. Numbers that JSON has not are the texts NaN, Infinity and -Infinity.</summary>
    public string ToJson() => Write(writer =>
    {
        writer.WriteStartObject();
        if (Value is null)
        {
            writer.WriteStartObject("err");
            writer.WriteString("kind", ErrorKind);
            writer.WriteString("value", Error);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("kind", Value.Kind.ToString());
            writer.WritePropertyName("value");
            WriteValue(writer, Value);
        }

        writer.WriteEndObject();
    });

    private static void WriteValue(Utf8JsonWriter writer, Value value)
    {
        switch (value)
        {
            case NullValue:
                writer.WriteNullValue();
                break;
            case BooleanValue boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case NumberValue number when double.IsFinite(number.Value):
                writer.WriteNumberValue(number.Value);
                break;
            case ArrayValue array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            case ObjectValue members:
                writer.WriteStartObject();
                foreach (var (name, member) in members.Entries)
                {
                    writer.WritePropertyName(name);
                    WriteValue(writer, member);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(value.ToText());
                break;
        }
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, AsWritten))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
