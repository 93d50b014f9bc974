using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Runner.Workflows.Events;

/// <summary>The shapes of payloads, from <c>payloads.json</c>, and what becomes of them with values.</summary>
/// <remarks>
/// A shape is JSON in which a text <c>$name</c> stands for a part, or where there is none for a value, a text that is one <c>{name}</c> for a value as it is, and
/// <c>{name}</c> in a longer text for its text. An object with <c>$part</c> is that part, evaluated with the further values of <c>$with</c>; its other
/// members are put over the part's. What an activity changes is merged into the event's payload, member by member.
/// </remarks>
internal sealed partial class PayloadShapes
{
    private readonly JsonObject _parts;
    private readonly JsonObject _events;

    private PayloadShapes(JsonObject shapes)
    {
        _parts = Object(shapes["parts"]);
        _events = Object(shapes["events"]);
    }

    /// <summary>Names of the events.</summary>
    public IEnumerable<string> Events => _events.Select(entry => entry.Key);

    /// <summary>Reads the file that is part of this assembly.</summary>
    public static PayloadShapes Load()
    {
        using var file = typeof(PayloadShapes).Assembly.GetManifestResourceStream("payloads.json")
            ?? throw new InvalidOperationException("payloads.json is no part of this assembly");
        return new PayloadShapes(Object(JsonNode.Parse(file)));
    }

    /// <summary>Whether an event has a shape.</summary>
    public bool HasEvent(string name) => _events.ContainsKey(name);

    /// <summary>The activity of an event that is taken where nobody chooses; <c>null</c>: it has none.</summary>
    public string? UsualAction(string name) => (string?)_events[name]?["action"];

    /// <summary>The payload of an event.</summary>
    public JsonObject Make(string name, string? action, Dictionary<string, JsonNode?> values)
    {
        var payload = new JsonObject();
        if (action is not null)
        {
            payload["action"] = action;
        }

        Merge(payload, Evaluate(_events[name]?["payload"] ?? new JsonObject(), values));
        if (action is not null && _events[name]?["actions"]?[action] is { } changes)
        {
            Merge(payload, Evaluate(changes, values));
        }

        foreach (var always in new[] { "repository", "sender" })
        {
            if (!payload.ContainsKey(always))
            {
                payload[always] = Named(always, values);
            }
        }

        return payload;
    }

    private JsonNode? Evaluate(JsonNode? shape, Dictionary<string, JsonNode?> values) => shape switch
    {
        JsonObject map => Evaluate(map, values),
        JsonArray list => new JsonArray([.. list.Select(item => Evaluate(item, values))]),
        JsonValue text when text.TryGetValue<string>(out var written) => Evaluate(written, values),
        _ => shape?.DeepClone(),
    };

    private JsonObject Evaluate(JsonObject map, Dictionary<string, JsonNode?> values)
    {
        var made = new JsonObject();
        if ((string?)map["$part"] is { } part)
        {
            var inner = new Dictionary<string, JsonNode?>(values, StringComparer.Ordinal);
            foreach (var (name, value) in map["$with"] as JsonObject ?? [])
            {
                inner[name] = Evaluate(value, values);
            }

            made = Object(Evaluate(_parts[part], inner));
        }

        foreach (var (name, value) in map.Where(member => member.Key is not ("$part" or "$with")))
        {
            made[name] = Evaluate(value, values);
        }

        return made;
    }

    private JsonNode? Evaluate(string text, Dictionary<string, JsonNode?> values)
    {
        if (text.StartsWith('$'))
        {
            return Named(text[1..], values);
        }

        return Placeholder().Match(text) is { Success: true } only && only.Length == text.Length && values.TryGetValue(only.Groups["name"].Value, out var value)
            ? value?.DeepClone()
            : Placeholder().Replace(text, match => values.TryGetValue(match.Groups["name"].Value, out var found) ? found?.ToString() ?? string.Empty : match.Value);
    }

    private JsonNode? Named(string name, Dictionary<string, JsonNode?> values) =>
        _parts.TryGetPropertyValue(name, out var part) ? Evaluate(part, values)
        : values.TryGetValue(name, out var value) ? value?.DeepClone()
        : throw new InvalidOperationException($"payloads.json names '{name}', which is neither a value nor a part");

    private static void Merge(JsonObject into, JsonNode? changes)
    {
        foreach (var (name, value) in Object(changes).ToList())
        {
            if (value is JsonObject inner && into[name] is JsonObject there)
            {
                Merge(there, inner);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    private static JsonObject Object(JsonNode? node) => node as JsonObject ?? throw new InvalidOperationException("payloads.json: expected an object");

    // GitHub's own address templates ({/sha}, {archive_format}) are none of these, or name no value.
    [GeneratedRegex("""\{(?<name>[a-zA-Z]+)\}""", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
