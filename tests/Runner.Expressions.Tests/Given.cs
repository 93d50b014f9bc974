using System.Text.Json;
using Runner.Expressions.Values;

namespace Runner.Expressions.Tests;

/// <summary>Contexts and values for tests, written as JSON.</summary>
internal static class Given
{
    /// <summary>Contexts as the members of a JSON object.</summary>
    public static EvaluationContext Contexts(string json) =>
        new() { Contexts = JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => Value(entry.Value)) };

    /// <summary>A JSON value as a value of the language.</summary>
    public static Value Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => NullValue.Instance,
        JsonValueKind.True or JsonValueKind.False => BooleanValue.Of(json.GetBoolean()),
        JsonValueKind.Number => new NumberValue(json.GetDouble()),
        JsonValueKind.String => new StringValue(json.GetString() ?? ""),
        JsonValueKind.Array => new ArrayValue([.. json.EnumerateArray().Select(Value)]),
        JsonValueKind.Object => new ObjectValue(json.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Value(entry.Value)))),
        _ => throw new InvalidOperationException($"Unknown JSON {json.ValueKind}"),
    };

    /// <summary>The value of an expression as JSON without line breaks, so that a table can show its kind too.</summary>
    public static string Evaluate(string expression, string contexts = "{}") => Show(Expression.Parse(expression).Evaluate(Contexts(contexts)));

    /// <summary>A value as JSON on one line.</summary>
    public static string Show(Value value) => value switch
    {
        NullValue => "null",
        StringValue text => $"\"{text.Value}\"",
        ArrayValue array => $"[{string.Join(',', array.Items.Select(Show))}]",
        ObjectValue members => $"{{{string.Join(',', members.Entries.Select(entry => $"\"{entry.Key}\":{Show(entry.Value)}"))}}}",
        _ => value.ToText(),
    };
}
