using System.Text.Json.Nodes;

namespace Runner.Testing.Cluster;

/// <summary>Who manages which fields, as the API server notes it in each object: it makes a pod larger by half, whoever reads it.</summary>
internal static class ManagedFields
{
    private static readonly string[] NotManaged =
        ["managedFields", "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"];

    /// <summary>Notes that a manager wrote what the object has now in these parts.</summary>
    public static void Note(JsonObject tree, string manager, string now, bool isStatus)
    {
        var fields = new JsonObject();
        foreach (var (key, value) in tree.Where(part => part.Key is not ("kind" or "apiVersion") && (part.Key == "status") == isStatus))
        {
            fields[$"f:{key}"] = key == "metadata" ? Of(new JsonObject(value!.AsObject()
                .Where(field => !NotManaged.Contains(field.Key)).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())))) : Of(value);
        }

        var entry = new JsonObject
        {
            ["manager"] = manager,
            ["operation"] = "Update",
            ["apiVersion"] = "v1",
            ["time"] = now,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields,
        };
        if (isStatus)
        {
            entry["subresource"] = "status";
        }

        var metadata = tree["metadata"]!.AsObject();
        var all = metadata["managedFields"] as JsonArray;
        if (all is null)
        {
            metadata["managedFields"] = all = [];
        }

        foreach (var earlier in all.Where(other => (string?)other!["manager"] == manager && other["subresource"] is not null == isStatus).ToList())
        {
            all.Remove(earlier);
        }

        all.Add(entry);
    }

    private static JsonObject Of(JsonNode? node) => node switch
    {
        JsonObject inner => new JsonObject(inner.Select(field => KeyValuePair.Create<string, JsonNode?>($"f:{field.Key}", Of(field.Value)))),
        JsonArray list when KeyOf(list) is { } key => new JsonObject(list.Select(item => KeyValuePair.Create<string, JsonNode?>(
            $"k:{{\"{key}\":{item![key]!.ToJsonString()}}}", Of(item))).DistinctBy(item => item.Key)),
        _ => [],
    };

    private static string? KeyOf(JsonArray list) =>
        new[] { "name", "type", "mountPath", "uid" }.FirstOrDefault(key => list.Count > 0 && list.All(item => item is JsonObject one && one[key] is not null));
}
