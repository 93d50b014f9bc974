using System.Reflection;
using System.Text.Json.Nodes;
using k8s;

namespace Runner.Agent.Configuration;

/// <summary>Pieces of Kubernetes' own API inside the configuration: written as in a manifest, read as Kubernetes reads them.</summary>
internal static class KubernetesValues
{
    // Kubernetes' reader has only a generic form.
    private static readonly MethodInfo Reader = typeof(KubernetesValues).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!; // it is below

    public static bool IsOne(Type type) => type.Namespace?.StartsWith("k8s", StringComparison.Ordinal) == true;

    /// <exception cref="System.Text.Json.JsonException">The node is not a manifest of that type.</exception>
    public static object? Convert(Type type, ConfigNode node) =>
        Reader.MakeGenericMethod(type).Invoke(obj: null, BindingFlags.DoNotWrapExceptions, binder: null, [ToJson(node)?.ToJsonString() ?? "null"], culture: null);

    /// <summary>Such a piece as JSON.</summary>
    public static string ToText(object value) => KubernetesJson.Serialize(value);

    private static object? Read<T>(string json) => KubernetesJson.Deserialize<T>(json);

    private static JsonNode? ToJson(ConfigNode node) => node switch
    {
        ConfigMapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value)))),
        ConfigList list => new JsonArray([.. list.Items.Select(ToJson)]),
        ConfigScalar { Text: null } => null,
        ConfigScalar { IsQuoted: false, Text: "true" } => true,
        ConfigScalar { IsQuoted: false, Text: "false" } => false,
        ConfigScalar { IsQuoted: false, Text: { } text } when long.TryParse(text, out var number) => number,
        ConfigScalar { Text: { } text } => text,
        _ => null,
    };
}
