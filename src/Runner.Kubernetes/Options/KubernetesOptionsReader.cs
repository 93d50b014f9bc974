using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using YamlDotNet.Core;

namespace Runner.Kubernetes.Options;

/// <summary>
/// Makes settings from the flat keys that .NET's configuration keeps. The ordinary binder cannot: parts of the section are pieces of a
/// pod spec (affinity, security contexts), whose names and quantities only the Kubernetes client's own reader knows.
/// </summary>
public static class KubernetesOptionsReader
{
    /// <summary>Reads the section.</summary>
    /// <param name="entries">Keys relative to the section, parts joined by <c>:</c>, with their values, as <c>section.AsEnumerable(true)</c> gives them.</param>
    /// <exception cref="FormatException">A key is unknown or a value cannot be read; the message says which.</exception>
    public static KubernetesOptions Read(IEnumerable<KeyValuePair<string, string?>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var root = new JsonObject();
        foreach (var (key, value) in entries.Where(entry => entry.Key.Length > 0 && entry.Value is not null))
        {
            Set(root, key.Split(':'), value);
        }

        try
        {
            // JSON is YAML, and to a YAML reader a quoted "5" is a number where a number is wanted.
            var options = KubernetesYaml.Deserialize<KubernetesOptions>(ListsFromNumbers(root)?.ToJsonString() ?? "{}", strict: true);
            return options with
            {
                Platforms = new Dictionary<string, PlatformOptions>(options.Platforms, StringComparer.OrdinalIgnoreCase),
                LabelMap = new Dictionary<string, string>(options.LabelMap, StringComparer.OrdinalIgnoreCase),
            };
        }
        catch (YamlException exception)
        {
            throw new FormatException($"{KubernetesOptions.SectionName}: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
    }

    private static void Set(JsonObject root, string[] path, string? value)
    {
        var parent = root;
        foreach (var part in path[..^1])
        {
            if (parent[part] is not JsonObject child)
            {
                parent[part] = child = [];
            }

            parent = child;
        }

        parent[path[^1]] ??= value;
    }

    // Configuration writes lists as mappings of 0, 1, 2, …
    private static JsonNode? ListsFromNumbers(JsonNode? node)
    {
        if (node is not JsonObject mapping)
        {
            return node?.DeepClone();
        }

        if (mapping.Count > 0 && mapping.All(entry => int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var items = mapping.OrderBy(entry => int.Parse(entry.Key, CultureInfo.InvariantCulture));
            return new JsonArray([.. items.Select(entry => ListsFromNumbers(entry.Value))]);
        }

        return new JsonObject(mapping.Select(entry => KeyValuePair.Create(entry.Key, ListsFromNumbers(entry.Value))));
    }
}
