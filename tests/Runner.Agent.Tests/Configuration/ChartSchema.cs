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

    // What the chart does not write itself must come from its user.
    public static JsonObject Make()
    {
        var settings = new SettingsSchema();
        var agent = settings.Of(typeof(AgentOptions));
        var properties = new JsonObject
        {
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
            ["global"] = new JsonObject { ["type"] = "object" },
        };
        foreach (var (name, value) in ChartSections.Objects(settings).Concat(ChartSections.Agent(settings)).Concat(ChartSections.Jobs(settings)))
        {
            properties[name] = value;
        }

        return settings.With(new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Values of the chart runner",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
            ["required"] = new JsonArray("github", "pools", "kubernetes"),
            ["$defs"] = new JsonObject { ["agent"] = agent },
        });
    }
}
