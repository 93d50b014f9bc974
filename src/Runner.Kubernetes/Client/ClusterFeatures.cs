using System.Globalization;

namespace Runner.Kubernetes.Client;

/// <summary>What a cluster can do, by the version that its API server tells. Asked once; every fallback goes by this.</summary>
/// <remarks>
/// The API server's version says nothing of the nodes, which an agent may not read: kubelets may be older by two versions, since 1.28 by three (version
/// skew policy). So what the kubelet must do counts as there once the oldest that may be in the cluster does it by default.
/// </remarks>
/// <param name="Version">As told: <c>v1.33.2</c>.</param>
/// <param name="HasEphemeralContainers">Containers that are added to a pod that runs: 1.25 and later; kubelets have them since 1.23.</param>
/// <param name="HasImageVolumes">
/// An image as a volume: 1.33 and later. Whether the nodes have it, their operator must know, who asks for it in the settings: kubelets have it by default
/// since 1.35, and their runtimes must, too.
/// </param>
internal sealed record ClusterFeatures(string Version, bool HasEphemeralContainers, bool HasImageVolumes)
{
    private const int EphemeralContainers = 25;
    private const int ImageVolumes = 33;

    /// <summary>Reads a version; one that cannot be read counts as new.</summary>
    public static ClusterFeatures Of(string version)
    {
        var minor = MinorOf(version);
        return new ClusterFeatures(
            version,
            HasEphemeralContainers: minor >= EphemeralContainers,
            HasImageVolumes: minor >= ImageVolumes);
    }

    private static int MinorOf(string version)
    {
        var parts = version.TrimStart('v').Split('.', '-', '+');
        return parts.Length > 1 && parts[0] == "1" && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? minor
            : int.MaxValue;
    }
}
