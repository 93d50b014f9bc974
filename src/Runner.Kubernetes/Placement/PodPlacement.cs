using System.Collections.Immutable;
using k8s.Models;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Placement;

/// <summary>Where and as what a job's pod runs. Each property is a field of the pod spec.</summary>
public sealed record PodPlacement
{
    /// <summary>Image of the job container, unless the job has a <c>container:</c>.</summary>
    public required string Image { get; init; }

    /// <summary>Key of the platform that was taken, or <c>null</c>.</summary>
    public string? Platform { get; init; }

    /// <summary>Labels that a node must carry, all of them.</summary>
    public ImmutableSortedDictionary<string, string> NodeSelector { get; init; } = Empty;

    /// <summary>Taints that are tolerated.</summary>
    public ImmutableArray<V1Toleration> Tolerations { get; init; } = [];

    /// <summary>Affinity of the platform, or <c>null</c>.</summary>
    public V1Affinity? Affinity { get; init; }

    /// <summary>Spread of the platform.</summary>
    public ImmutableArray<V1TopologySpreadConstraint> TopologySpread { get; init; } = [];

    /// <summary>Requests of the job container: resource name → quantity.</summary>
    public ImmutableSortedDictionary<string, string> Requests { get; init; } = Empty;

    /// <summary>Limits of the job container.</summary>
    public ImmutableSortedDictionary<string, string> Limits { get; init; } = Empty;

    /// <summary>Runtime class, or <c>null</c>.</summary>
    public string? RuntimeClass { get; init; }

    /// <summary>A priority class's name or a number, or <c>null</c>.</summary>
    public string? Priority { get; init; }

    /// <summary>Service account, or <c>null</c>: the namespace's default.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Security context of the platform, or <c>null</c>.</summary>
    public V1PodSecurityContext? SecurityContext { get; init; }

    /// <summary>What the pod keeps to, whatever a workflow says.</summary>
    internal PodSecurityLevel PodSecurityLevel { get; init; } = PodSecurityLevel.Restricted;

    /// <summary>Further labels of the pod.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Empty;

    /// <summary>Further annotations of the pod.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = Empty;

    /// <summary>Variables that steps see.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = Empty;

    /// <summary>The template over which the pod is laid, or <c>null</c>.</summary>
    public V1PodTemplateSpec? PodTemplate { get; init; }

    /// <summary>How each label was used, in the order written.</summary>
    public ImmutableArray<LabelUse> Trace { get; init; } = [];

    /// <summary>Whether the job runs on Windows.</summary>
    public bool IsWindows => NodeSelector.TryGetValue(NodeLabels.Os, out var os) && os == "windows";

    private static ImmutableSortedDictionary<string, string> Empty { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The placement in lines for people: how the labels were used, then what came of them.</summary>
    public IReadOnlyList<string> Describe()
    {
        var lines = Trace.Select(use => $"Label {use.Label}: {use.Effect}").ToList();
        lines.Add($"Image: {Image}");
        AddPairs(lines, "Node selector", NodeSelector);
        AddPairs(lines, "Requests", Requests);
        AddPairs(lines, "Limits", Limits);
        return lines;
    }

    private static void AddPairs(List<string> lines, string title, ImmutableSortedDictionary<string, string> pairs)
    {
        if (pairs.Count > 0)
        {
            lines.Add($"{title}: {string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}"))}");
        }
    }
}

/// <summary>How one label was used.</summary>
public sealed record LabelUse(string Label, string Effect);

/// <summary>Labels of nodes and resources that Kubernetes and its vendors define.</summary>
internal static class NodeLabels
{
    public const string Os = "kubernetes.io/os";
    public const string Architecture = "kubernetes.io/arch";
    public const string Accelerator = "accelerator";
    public const string Gpu = "nvidia.com/gpu";
    public const string Cpu = "cpu";
    public const string Memory = "memory";
    public const string Storage = "ephemeral-storage";
}
