using System.Collections.Immutable;
using System.Globalization;

namespace Runner.Agent.Configuration;

/// <summary>One setting from outside the file: it replaces what the file says.</summary>
/// <param name="Path">Keys from the top; a number picks an item of a list.</param>
/// <param name="Value">The text.</param>
/// <param name="Source">Where it came from, for messages: <c>environment variable X</c>, <c>flag --x</c>.</param>
public sealed record ConfigOverride(ImmutableArray<string> Path, string Value, string Source)
{
    /// <summary>The path as it is shown: <c>pools[0].labels</c> is <c>pools.0.labels</c> here.</summary>
    public override string ToString() => string.Join('.', Path);
}

/// <summary>Lays settings from the environment and from flags over those of the file.</summary>
internal static class ConfigOverrides
{
    private const string Prefix = "RUNNER__";

    // Names that act's users know (docs/configuration.md), and the settings that they are.
    private static readonly (string Variable, string[] Path)[] KnownVariables =
    [
        ("ACT_BACKEND", ["backend"]),
        ("ACT_K8S_KUBECONFIG", ["kubernetes", "kubeconfig"]),
        ("ACT_K8S_CONTEXT", ["kubernetes", "context"]),
        ("ACT_K8S_NAMESPACE", ["kubernetes", "namespace"]),
        ("ACT_K8S_SERVICE_ACCOUNT", ["kubernetes", "serviceAccount"]),
        ("ACT_K8S_STORAGE_CLASS", ["kubernetes", "storageClass"]),
        ("ACT_K8S_CPU_REQUEST", ["kubernetes", "defaultResources", "requests", "cpu"]),
        ("ACT_K8S_MEMORY_REQUEST", ["kubernetes", "defaultResources", "requests", "memory"]),
        ("ACT_K8S_CPU_LIMIT", ["kubernetes", "defaultResources", "limits", "cpu"]),
        ("ACT_K8S_MEMORY_LIMIT", ["kubernetes", "defaultResources", "limits", "memory"]),
    ];

    /// <summary>The settings among environment variables: <c>RUNNER__GITHUB__URL</c> is <c>github.url</c>; empty ones count as not set.</summary>
    public static ImmutableArray<ConfigOverride> FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        var known = KnownVariables
            .Where(variable => environment.TryGetValue(variable.Variable, out var value) && value.Length > 0)
            .Select(variable => new ConfigOverride([.. variable.Path], environment[variable.Variable], $"environment variable {variable.Variable}"));
        var own = environment
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && variable.Value.Length > 0)
            .OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .Select(variable => new ConfigOverride(
                [.. variable.Key[Prefix.Length..].Split("__")], variable.Value, $"environment variable {variable.Key}"));
        return [.. known, .. own];
    }

    /// <summary>The mapping with the overrides laid over it, the later ones over the earlier.</summary>
    public static ConfigMapping Apply(ConfigMapping root, IEnumerable<ConfigOverride> overrides) =>
        overrides.Aggregate(root, (mapping, item) => (ConfigMapping)Set(mapping, item, depth: 0));

    private static ConfigNode Set(ConfigNode? node, ConfigOverride item, int depth)
    {
        var origin = new ConfigOrigin(item.Source);
        if (depth == item.Path.Length)
        {
            return new ConfigScalar(origin, item.Value);
        }

        var key = item.Path[depth];
        if (node is ConfigList list && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length)
        {
            return list with { Items = list.Items.SetItem(index, Set(list.Items[index], item, depth + 1)) };
        }

        var mapping = node as ConfigMapping ?? new ConfigMapping(origin, []);
        return mapping.With(key, Set(mapping.Find(key), item, depth + 1));
    }
}
