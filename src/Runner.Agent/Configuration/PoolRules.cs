using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Agent.Configuration;

/// <summary>Whether the jobs of each pool have a place on the backend: what would fail every one of them fails the start. Pure.</summary>
internal static class PoolRules
{
    private const string Prefix = "runs-on: ";

    // docs.github.com/rest/actions/self-hosted-runners, "Create configuration for a just-in-time runner": at most 100 labels. Some of them are the agent's own.
    private const int MaxLabels = 95;

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
            : options.BackendInUse == BackendKind.Kubernetes ? 
                [.. Labels($"pools[{index}].labels", pool, options), .. Sizes($"pools[{index}].sizes", pool, options), .. Warm($"pools[{index}].warm", pool.Warm, pool.MaxJobs)]
            : NotOfPods($"pools[{index}]", pool));

    private static IEnumerable<(string Path, string Problem)> NotOfPods(string path, PoolOptions pool) =>
    [
        .. pool.Sizes is null ? Enumerable.Empty<(string, string)>() : [($"{path}.sizes", "are sizes of pods, which other backends do not have; leave them out")],
        .. pool.Warm is null ? Enumerable.Empty<(string, string)>() : [($"{path}.warm", "are pods that wait, which other backends do not have; leave it out")],
        .. pool.Placeable ? [($"{path}.placeable", "is of clusters, and this backend has none; leave it out")] : Enumerable.Empty<(string, string)>(),
    ];

    private static IEnumerable<(string Path, string Problem)> Warm(string path, WarmOptions? warm, int maxJobs)
    {
        if (warm is null)
        {
            yield break;
        }

        if (warm.Min < 0)
        {
            yield return ($"{path}.min", $"is {warm.Min}, expected 0 or more");
        }
        else if (Math.Max(warm.Min, warm.Max ?? 0) > maxJobs)
        {
            yield return (path, $"keeps up to {Math.Max(warm.Min, warm.Max ?? 0)} pods for at most {maxJobs} jobs (maxJobs); the others would never be used");
        }

        if (warm.Max is { } max && (max < 1 || max < warm.Min))
        {
            yield return ($"{path}.max", $"is {max}, expected at least {Math.Max(warm.Min, 1)}");
        }
        else if (warm is { Min: 0, Max: null })
        {
            yield return (path, "keeps no pods; expected min, max or both");
        }

        if (warm.Idle <= TimeSpan.Zero)
        {
            yield return ($"{path}.idle", $"is {warm.Idle}, expected a time such as 10m");
        }
    }

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

    private static IEnumerable<(string Path, string Problem)> Labels(string path, PoolOptions pool, AgentOptions options) =>
        Try(() => Place(PoolLabels.OfJobs(pool.Labels, PlatformNames(options)), pool, options)) is { } problem ? [(path, problem)] : [];

    // Every label that a job may ask for has to place it: what is wrong with one is seen here, and not by whoever asks first.
    private static IEnumerable<(string Path, string Problem)> Sizes(string path, PoolOptions pool, AgentOptions options)
    {
        if (pool.Sizes is null)
        {
            yield break;
        }

        var isWrong = false;
        foreach (var (key, problem) in PoolSizes.Check(pool.Sizes))
        {
            isWrong = true;
            yield return (key.Length == 0 ? path : $"{path}.{key}", problem);
        }

        var sizes = PoolSizes.Of(pool.Sizes);
        var count = pool.Labels.Concat(sizes.Labels).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        if (count > MaxLabels)
        {
            yield return (path, $"makes {count} labels of the pool, of which GitHub takes {MaxLabels}; write lists, or ranges with a larger step");
        }

        var own = PoolLabels.OfJobs(pool.Labels, PlatformNames(options));
        foreach (var label in isWrong || count > MaxLabels ? [] : sizes.Labels)
        {
            if (Try(() => Place(sizes.Choose(pool.Name, own, [.. pool.Labels], [label]), pool, options)) is { } problem)
            {
                yield return (path, $"a job that asks for {label} cannot be placed: {problem}");
            }
        }
    }

    private static void Place(IReadOnlyList<string> labels, PoolOptions pool, AgentOptions options) =>
        PlacementRules.Place(labels, pool.Platform, options.Kubernetes ?? new KubernetesOptions());

    private static string? Try(Action place)
    {
        try
        {
            place();
            return null;
        }
        catch (WorkflowException error)
        {
            return error.Message.StartsWith(Prefix, StringComparison.Ordinal) ? error.Message[Prefix.Length..] : error.Message;
        }
    }
}
