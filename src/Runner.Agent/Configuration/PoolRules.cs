using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Agent.Configuration;

/// <summary>Whether the jobs of each pool have a place on the backend: what would fail every one of them fails the start. Pure.</summary>
internal static class PoolRules
{
    private const string Prefix = "runs-on: ";

    /// <summary>Labels that the backend knows as platforms.</summary>
    public static ImmutableArray<string> PlatformNames(AgentOptions options) => options.BackendInUse switch
    {
        BackendKind.Docker => [.. options.Docker.Platforms.Keys],
        BackendKind.Kubernetes when options.Kubernetes is { } kubernetes => [.. kubernetes.Platforms.Keys, .. kubernetes.LabelMap.Keys],
        _ => [],
    };

    /// <summary>What is wrong, each with the setting's path.</summary>
    public static IEnumerable<(string Path, string Problem)> Check(AgentOptions options) => options.Pools.SelectMany((pool, index) =>
        Platform($"pools[{index}].platform", pool.Platform, options) is { } unknown ? [unknown]
            : options.BackendInUse == BackendKind.Kubernetes ? Labels($"pools[{index}].labels", pool, options)
            : Enumerable.Empty<(string, string)>());

    private static (string Path, string Problem)? Platform(string path, string? platform, AgentOptions options)
    {
        if (platform is null)
        {
            return null;
        }

        var (section, known) = options.BackendInUse switch
        {
            BackendKind.Docker => ("docker.platforms", options.Docker.Platforms.Keys),
            BackendKind.Kubernetes => ("kubernetes.platforms", (options.Kubernetes ?? new KubernetesOptions()).Platforms.Keys),
            _ => (string.Empty, (ICollection<string>)[]),
        };
        var names = known.Count == 0 ? "there are none" : string.Join(", ", known.Order(StringComparer.OrdinalIgnoreCase));
        return section.Length == 0 ? (path, $"is '{platform}', but jobs on this machine have no platforms; leave it out")
            : known.Contains(platform, StringComparer.OrdinalIgnoreCase) ? null
            : (path, $"is '{platform}', which is none of {section} ({names}){NearestName.Hint(platform, known)}");
    }

    private static IEnumerable<(string Path, string Problem)> Labels(string path, PoolOptions pool, AgentOptions options)
    {
        try
        {
            PlacementRules.Place(PoolLabels.OfJobs(pool.Labels, PlatformNames(options)), pool.Platform, options.Kubernetes ?? new KubernetesOptions());
            return [];
        }
        catch (WorkflowException error)
        {
            return [(path, error.Message.StartsWith(Prefix, StringComparison.Ordinal) ? error.Message[Prefix.Length..] : error.Message)];
        }
    }
}
