using System.Text.Json.Nodes;

namespace Runner.Agent.Tests.Configuration;

/// <summary>The words in which <see cref="ChartSections"/> speaks of values.</summary>
internal static class SchemaParts
{
    public static JsonObject Section(params (string Name, JsonObject Schema)[] settings) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(settings.Select(setting => KeyValuePair.Create(setting.Name, (JsonNode?)setting.Schema))),
    };

    public static JsonObject Required(JsonObject section, params string[] names)
    {
        section["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        return section;
    }

    public static JsonObject Boolean() => new() { ["type"] = "boolean" };

    public static JsonObject Whole(int least, int most = int.MaxValue)
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = least };
        if (most < int.MaxValue)
        {
            schema["maximum"] = most;
        }

        return schema;
    }

    /// <summary>May be left empty, too.</summary>
    public static JsonObject Optional(JsonObject schema)
    {
        schema["type"] = new JsonArray(schema["type"]?.DeepClone(), "null");
        return schema;
    }

    public static JsonObject Anything() => new() { ["type"] = "object" };

    public static JsonObject List(JsonObject item) => new() { ["type"] = "array", ["items"] = item };

    public static JsonObject OneOf(params string[] words) => new() { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    public static JsonObject Text(string pattern) => Type(["string"], pattern);

    public static JsonObject Type(string[] types, string? pattern = null)
    {
        JsonNode type = types is [var one] ? one : new JsonArray([.. types.Select(name => (JsonNode)name)]);
        var schema = new JsonObject { ["type"] = type };
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return schema;
    }
}
