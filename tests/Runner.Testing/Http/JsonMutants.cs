using System.Text.Json.Nodes;

namespace Runner.Testing.Http;

/// <summary>What strangers send in the place of a good body: every value of it exchanged for one of another kind, and bodies that are none.</summary>
public static class JsonMutants
{
    private static readonly string[] Values =
    [
        "null", "[]", "{}", "[null]", "[[]]", "{\"\":null}", "[{}]", "\"\"", "\"text\"", "\"\\ud800\"", "\"\\udc00x\"", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}",
        "true", "0", "-1", "1e999", "1.5", "99999999999999999999", "\"00000000-0000-0000-0000-000000000000\"", "\"9999-99-99T99:99:99Z\"", "\"\\u0000/../..\"",
    ];

    private static readonly string[] Broken =
    [
        "", " ", "null", "[]", "{}", "[null]", "\"text\"", "1", "{", "{\"a\":}", "\"\\ud800\"", "{\"a\":1,}", "{\"a\":1} x", "\u0000", "<xml/>",
        new string('[', 5000), "{\"a\":" + new string('{', 200),
    ];

    /// <summary>All of them for one good body.</summary>
    public static IEnumerable<string> Of(string good)
    {
        foreach (var body in Broken)
        {
            yield return body;
        }

        foreach (var path in Paths(JsonNode.Parse(good), []))
        {
            foreach (var value in Values)
            {
                yield return Exchange(good, path, value);
            }
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode? node, object[] path) => node switch
    {
        JsonObject parent => parent.SelectMany(member => Paths(member.Value, [.. path, member.Key]).Prepend([.. path, member.Key])),
        JsonArray list => list.SelectMany((item, index) => Paths(item, [.. path, index]).Prepend([.. path, index])),
        _ => [],
    };

    // As text: a node cannot hold what is no JSON value.
    private static string Exchange(string good, object[] path, string value)
    {
        const string Mark = "\u0001mark\u0001";
        var root = JsonNode.Parse(good)!;
        var parent = path[..^1].Aggregate(root, (node, step) => step is int index ? node[index]! : node[(string)step]!);
        if (path[^1] is int last)
        {
            parent[last] = Mark;
        }
        else
        {
            parent[(string)path[^1]] = Mark;
        }

        return root.ToJsonString().Replace("\"\\u0001mark\\u0001\"", value, StringComparison.Ordinal);
    }
}
