using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>
/// Turns the labels of <c>runs-on</c> into scheduling constraints, by the configured platforms and defaults. Pure: no cluster, no clock.
/// </summary>
/// <remarks>
/// 1. The first label that names a platform gives the base; where none does, the pool's platform, if it has one.
/// 2. Each further label refines it by its meaning (<see cref="StandardLabels"/>), by <c>labelMap</c>, or as a node label.
/// 3. Resources of the labels win over those of the platform, these over the defaults.
/// </remarks>
public static class PlacementRules
{
    /// <summary>Places a job.</summary>
    /// <param name="labels">Labels of <c>runs-on</c>, in order, less those of the pool itself.</param>
    /// <param name="poolPlatform">Platform where the labels name none, or <c>null</c>.</param>
    /// <param name="options">Platforms, defaults and <c>labelMap</c>.</param>
    /// <exception cref="WorkflowException">
    /// Two labels contradict each other, or one cannot be honoured; the message names it and what would do.
    /// </exception>
    public static PodPlacement Place(IReadOnlyList<string> labels, string? poolPlatform, KubernetesOptions options)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);

        // Step 1: the base.
        var draft = new PlacementDraft(options);
        var named = labels.FirstOrDefault(label => PlatformOf(label, options) is not null);
        if (named is not null)
        {
            draft.UsePlatform(named, PlatformOf(named, options) ?? throw new InvalidOperationException("The platform was just found"));
        }
        else if (poolPlatform is not null)
        {
            draft.UsePlatform(poolPlatform, PlatformOf(poolPlatform, options) ?? throw UnknownPlatform(poolPlatform, options));
        }

        // Step 2: the other labels.
        var trace = ImmutableArray.CreateBuilder<LabelUse>();
        foreach (var label in labels)
        {
            var effect = ReferenceEquals(label, named) ? $"platform, image {draft.Image}" : Refine(draft, label, named, options);
            trace.Add(new LabelUse(label, effect));
        }

        // Step 3: resources and what is left to the defaults.
        return draft.Finish(trace.ToImmutable());
    }

    private static string Refine(PlacementDraft draft, string label, string? named, KubernetesOptions options)
    {
        if (Find(options.LabelMap, label) is { } target)
        {
            return target.Length == 0 ? "no constraint (labelMap)" : draft.Select(label, target);
        }

        if (StandardLabels.TryApply(draft, label) is { } effect)
        {
            return effect;
        }

        if (PlatformOf(label, options) is not null && !string.Equals(label, named, StringComparison.OrdinalIgnoreCase))
        {
            throw new WorkflowException($"runs-on: '{named}' and '{label}' each name a platform; a job can have one");
        }

        if (!LabelRules.IsKey(label))
        {
            throw new WorkflowException(
                $"runs-on: '{label}' is no platform, has no meaning of its own and cannot be a node's label ({LabelRules.KeyRule}). " +
                Known(options));
        }

        return draft.Select(label, label + "=true");
    }

    private static PlatformOptions? PlatformOf(string label, KubernetesOptions options) => Find(options.Platforms, label);

    private static T? Find<T>(IDictionary<string, T> byLabel, string label)
        where T : class => byLabel.FirstOrDefault(entry => string.Equals(entry.Key, label, StringComparison.OrdinalIgnoreCase)).Value;

    private static WorkflowException UnknownPlatform(string name, KubernetesOptions options) =>
        new($"The pool's platform '{name}' is not configured. {Known(options)}");

    /// <summary>A sentence that names what is configured.</summary>
    internal static string Known(KubernetesOptions options) => options.Platforms.Count == 0
        ? "No platforms are configured."
        : $"Configured platforms: {string.Join(", ", options.Platforms.Keys.Order(StringComparer.OrdinalIgnoreCase))}.";
}
