using System.Text.Json.Nodes;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Template;

/// <summary><c>on</c> in the JSON of GitHub's parsers: filters as lists, everything else as it was written.</summary>
internal static class EventJson
{
    private static readonly string[] Filters =
    [
        "types", "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "workflows", "names", "versions",
    ];

    public static JsonObject Of(TemplateToken on) => on switch
    {
        SequenceToken names => new JsonObject(names.Items.Select(name => KeyValuePair.Create<string, JsonNode?>(Text(name), new JsonObject()))),
        MappingToken events => new JsonObject(
            events.Entries.Select(entry => KeyValuePair.Create(Text(entry.Key), entry.Value is NullToken ? new JsonObject() : Event(entry.Value)))),
        _ => new JsonObject { [Text(on)] = new JsonObject() },
    };

    /// <summary>Types of the inputs of <c>workflow_dispatch</c>; <c>null</c> where there are none.</summary>
    public static JsonObject? InputTypes(TemplateToken on)
    {
        var inputs = ((on as MappingToken)?.Find("workflow_dispatch") as MappingToken)?.Find("inputs") as MappingToken;
        return inputs is null or { Entries.IsEmpty: true }
            ? null
            : new JsonObject(inputs.Entries.Select(input => KeyValuePair.Create<string, JsonNode?>(
                Text(input.Key), (input.Value as MappingToken)?.Find("type") is { } type ? Text(type) : "string")));
    }

    private static JsonNode? Event(TemplateToken token) => token is MappingToken settings
        ? new JsonObject(settings.Entries.Select(entry => KeyValuePair.Create(
            Text(entry.Key),
            Filters.Contains(Text(entry.Key)) && entry.Value is ScalarToken one ? new JsonArray(Plain(one)) : Plain(entry.Value))))
        : Plain(token);

    private static JsonNode? Plain(TemplateToken token) => token switch
    {
        SequenceToken sequence => new JsonArray([.. sequence.Items.Select(Plain)]),
        MappingToken mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(
            Text(entry.Key), entry.Value is NullToken ? new JsonObject() : Plain(entry.Value)))),
        BooleanToken boolean => boolean.Value,
        NumberToken number when double.IsFinite(number.Value) => number.Value,
        NullToken => null,
        _ => Text(token),
    };

    private static string Text(TemplateToken token) => token.ToString() ?? string.Empty;
}
