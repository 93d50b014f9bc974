using System.Text.Json;

namespace Runner.Testing.GitHub;

/// <summary>Context data and template tokens as GitHub's runner reads them: a kind it does not know brings it down, and so does a key that is no scalar.</summary>
internal static class StrictTokens
{
    public const int Mapping = 2;
    public const int Expression = 3;

    private const int Unknown = -1;
    private const int MaxDepth = 60;

    /// <summary>Kind of a template token, by its number.</summary>
    public static int KindOf(JsonElement token) => token.ValueKind switch
    {
        JsonValueKind.String => 0,
        JsonValueKind.True or JsonValueKind.False => 5,
        JsonValueKind.Number => 6,
        JsonValueKind.Null => 7,
        JsonValueKind.Object => MessageProblems.Find(token, "type") is not { } type ? 0
            : type.ValueKind == JsonValueKind.Number && type.TryGetInt32(out var kind) && kind is >= 0 and <= 7 ? kind
            : Unknown,
        _ => Unknown,
    };

    /// <summary>Reads a template token and all below it.</summary>
    public static void Read(JsonElement token, string place, MessageProblems found, int depth = 0)
    {
        if (!found.Check(depth < MaxDepth, place, "is nested too deep"))
        {
            return;
        }

        switch (KindOf(token))
        {
            case Unknown:
                found.Add(place, $"is a template token of an unknown kind: {token.GetRawText()}");
                break;
            case 1 when MessageProblems.Find(token, "seq") is { } items && found.Check(items.ValueKind == JsonValueKind.Array, place, "has a seq that is no list"):
                foreach (var (item, index) in items.EnumerateArray().Select((item, index) => (item, index)))
                {
                    Read(item, $"{place}[{index}]", found, depth + 1);
                }

                break;
            case Mapping when MessageProblems.Find(token, "map") is { } pairs && found.Check(pairs.ValueKind == JsonValueKind.Array, place, "has a map that is no list"):
                foreach (var pair in pairs.EnumerateArray())
                {
                    ReadPair(pair, place, found, depth);
                }

                break;
            case Expression:
                found.IsText(token, "expr", place);
                break;
        }
    }

    public static bool IsDictionary(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && MessageProblems.Find(value, "t") is { ValueKind: JsonValueKind.Number } type && type.GetInt32() is 2 or 5;

    /// <summary>A text in a dictionary of the contexts; <c>null</c> where there is none.</summary>
    public static string? DictionaryText(JsonElement contexts, string context, string name) =>
        MessageProblems.Find(contexts, context) is { } dictionary && IsDictionary(dictionary) && MessageProblems.Find(dictionary, "d") is { ValueKind: JsonValueKind.Array } members
            ? members.EnumerateArray()
                .Where(member => MessageProblems.Find(member, "k")?.ToString() == name)
                .Select(member => MessageProblems.Find(member, "v") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null)
                .FirstOrDefault()
            : null;

    /// <summary>Reads context data and all below it.</summary>
    public static void ReadContext(JsonElement value, string place, MessageProblems found)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return;
        }

        var type = value.ValueKind == JsonValueKind.Array ? null : MessageProblems.Find(value, "t");
        switch (type is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : Unknown)
        {
            case 0 or 3 or 4:
                break;
            case 1:
                foreach (var item in Members(value, "a"))
                {
                    ReadContext(item, place + "[]", found);
                }

                break;
            case 2 or 5:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var member in Members(value, "d"))
                {
                    var key = MessageProblems.Find(member, "k");
                    found.Check(key is { ValueKind: JsonValueKind.String }, place, "has a member without a name");
                    found.Check(type?.GetInt32() == 5 || names.Add(key?.ToString() ?? string.Empty), $"{place}.{key}", "stands there twice, case ignored");
                    if (MessageProblems.Find(member, "v") is { } inner)
                    {
                        ReadContext(inner, $"{place}.{key}", found);
                    }
                }

                break;
            default:
                found.Add(place, "is context data of an unknown kind");
                break;
        }
    }

    private static void ReadPair(JsonElement pair, string place, MessageProblems found, int depth)
    {
        if (!found.IsObject(pair, place) || MessageProblems.Find(pair, "Key") is not { } key || MessageProblems.Find(pair, "Value") is not { } value)
        {
            found.Add(place, "has a pair without Key and Value");
            return;
        }

        found.Check(KindOf(key) is not (1 or Mapping or Unknown or 7), place, $"has a key that is no scalar: {key.GetRawText()}");
        Read(key, place, found, depth + 1);
        Read(value, $"{place}.{(key.ValueKind == JsonValueKind.String ? key.GetString() : "?")}", found, depth + 1);
    }

    private static JsonElement.ArrayEnumerator Members(JsonElement value, string name) =>
        MessageProblems.Find(value, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;
}
