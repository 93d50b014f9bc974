using System.Text.Json.Nodes;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Template;

/// <summary>Tokens as GitHub's workflow parser prints them: the form of the job message, with or without places.</summary>
/// <param name="includeSource">Whether file, line and column are printed; without them a literal is a bare value.</param>
internal sealed class TokenJson(bool includeSource)
{
    public JsonNode? Of(TemplateToken? token) => token switch
    {
        null => null,
        StringToken text => Literal(0, "lit", text.Value, text.Position),
        BooleanToken boolean => Literal(5, "bool", boolean.Value, boolean.Position),
        NumberToken number => Literal(6, "num", Number(number), number.Position),
        NullToken => HasPlace(token.Position) ? Start(7, token.Position) : null,
        SequenceToken sequence => With(Start(1, token.Position), "seq", new JsonArray([.. sequence.Items.Select(Of)])),
        MappingToken mapping => With(Start(2, token.Position), "map", new JsonArray([.. mapping.Entries.Select(Entry)])),
        ExpressionToken expression => Expression(expression.Expression, token.Position),
        InsertToken => With(Start(4, token.Position), "directive", "insert"),
        _ => throw new ArgumentException($"{token.GetType().Name} has no JSON form", nameof(token)),
    };

    /// <summary>An expression.</summary>
    public JsonObject Expression(string text, SourcePosition? position) => With(Start(3, position), "expr", text);

    /// <summary>A text that stands at a place.</summary>
    public JsonNode? Text(string text, SourcePosition? position) => Of(new StringToken(text) { Position = position });

    private JsonNode? Entry(MappingEntry entry) => new JsonObject { ["Key"] = Of(entry.Key), ["Value"] = Of(entry.Value) };

    private JsonNode? Literal(int type, string name, JsonNode? value, SourcePosition? position) =>
        HasPlace(position) ? With(Start(type, position), name, value) : value;

    private JsonObject Start(int type, SourcePosition? position)
    {
        var json = new JsonObject { ["type"] = type };
        if (includeSource && position is not null)
        {
            json["file"] = position.File;
            json["line"] = position.Line;
            json["col"] = position.Column;
        }

        return json;
    }

    private bool HasPlace(SourcePosition? position) => includeSource && position is not null;

    // JSON has no infinities: GitHub writes them as texts.
    private static JsonNode? Number(NumberToken number) => double.IsFinite(number.Value) ? number.Value : number.ToString();

    private static JsonObject With(JsonObject json, string name, JsonNode? value)
    {
        json[name] = value;
        return json;
    }
}
