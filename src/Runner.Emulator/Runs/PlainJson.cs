using System.Collections.Immutable;
using System.Text.Json;
using Runner.Jobs.Data;

namespace Runner.Emulator.Runs;

/// <summary>Reads plain JSON, such as an event's payload, as context data.</summary>
internal static class PlainJson
{
    public static ContextData ToData(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => ToDictionary(json.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value))),
        JsonValueKind.Array => new ArrayData([.. json.EnumerateArray().Select(ToData)]),
        JsonValueKind.String => new StringData(json.GetString() ?? string.Empty),
        JsonValueKind.Number => new NumberData(json.GetDouble()),
        JsonValueKind.True => new BooleanData(true),
        JsonValueKind.False => new BooleanData(false),
        _ => NullData.Instance,
    };

    public static DictionaryData ToDictionary(IEnumerable<KeyValuePair<string, JsonElement>> members) =>
        new(members.Select(member => KeyValuePair.Create(member.Key, ToData(member.Value))).ToImmutableArray());
}
