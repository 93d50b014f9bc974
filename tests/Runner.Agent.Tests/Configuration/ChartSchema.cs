using System.Text.Json.Nodes;
using Runner.Agent.Configuration;

namespace Runner.Agent.Tests.Configuration;

/// <summary>
/// Makes the schema of the chart's values: what is the chart's own, and for the sections of runner.yaml the agent's schema. So helm refuses
/// what the agent would refuse in a pod that starts again and again.
/// </summary>
internal static class ChartSchema
{
    private const string Agent = "#/$defs/agent";
    private const string OptionalName = "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$";
    private const string Key = "^[-._a-zA-Z0-9]+$";
    private const string Digest = "sha256:[0-9a-f]{64}";

    // What the chart does not write itself must come from its user.
    public static JsonObject Make()
    {
        var settings = new SettingsSchema();
        var agent = settings.Of(typeof(AgentOptions));
        return settings.With(new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Values of the chart runner",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                ["image"] = Section(
                    ("repository", Text("^[^:@ ]+(:[0-9]+/[^:@ ]+)?$")),
                    ("tag", Type(["string", "integer"], $"^([A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}(@{Digest})?|{Digest})?$")),
                    ("digest", Text($"^({Digest})?$")),
                    ("pullPolicy", new JsonObject { ["enum"] = new JsonArray("Always", "IfNotPresent", "Never") })),
                ["imagePullSecrets"] = new JsonObject { ["type"] = "array", ["items"] = Text("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$") },
                ["replicas"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
                ["github"] = Required(
                    Section(
                        ("url", Text("^https?://")),
                        ("secretName", Text("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")),
                        ("auth", new JsonObject { ["enum"] = new JsonArray("token", "app") })),
                    "url",
                    "secretName"),
                ["pools"] = new JsonObject
                {
                    ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"{Agent}/properties/pools" }, new JsonObject { ["minItems"] = 1 }),
                },
                ["kubernetes"] = new JsonObject
                {
                    ["allOf"] = new JsonArray(
                        new JsonObject { ["$ref"] = $"{Agent}/properties/kubernetes" },
                        new JsonObject { ["properties"] = new JsonObject { ["defaultImage"] = new JsonObject { ["minLength"] = 1 } }, ["required"] = new JsonArray("defaultImage") }),
                },
                ["config"] = new JsonObject { ["$ref"] = Agent },
                ["network"] = Section(
                    ("proxy", Section(
                        ("http", Text("^((http|https|socks5)://[^@ ]+)?$")),
                        ("https", Text("^((http|https|socks5)://[^@ ]+)?$")),
                        ("noProxy", settings.Of(typeof(IList<string>))),
                        ("credentialsSecret", Section(("name", Text(OptionalName)), ("key", Text(Key)))))),
                    ("ca", Section(("configMap", Text(OptionalName)), ("secret", Text(OptionalName)), ("key", Text(Key))))),
                ["metricsPort"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 65535 },
                ["env"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Type(["string", "number", "boolean"], pattern: null) },
                ["terminationGracePeriodSeconds"] = new JsonObject { ["type"] = new JsonArray("integer", "null"), ["minimum"] = 1 },
                ["podSecurityContext"] = settings.Of(typeof(k8s.Models.V1PodSecurityContext)),
                ["resources"] = settings.Of(typeof(k8s.Models.V1ResourceRequirements)),
                ["nodeSelector"] = settings.Of(typeof(IDictionary<string, string>)),
                ["tolerations"] = settings.Of(typeof(IList<k8s.Models.V1Toleration>)),
                ["affinity"] = settings.Of(typeof(k8s.Models.V1Affinity)),
                ["global"] = new JsonObject { ["type"] = "object" },
            },
            ["required"] = new JsonArray("github", "pools", "kubernetes"),
            ["$defs"] = new JsonObject { ["agent"] = agent },
        });
    }

    private static JsonObject Section(params (string Name, JsonObject Schema)[] settings) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(settings.Select(setting => KeyValuePair.Create(setting.Name, (JsonNode?)setting.Schema))),
    };

    private static JsonObject Required(JsonObject section, params string[] names)
    {
        section["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        return section;
    }

    private static JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Type(string[] types, string? pattern)
    {
        var schema = new JsonObject { ["type"] = new JsonArray([.. types.Select(type => (JsonNode)type)]) };
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return schema;
    }
}
