using System.Globalization;

namespace Runner.Kubernetes.Pods;

/// <summary>What a cluster can do, by the version that its API server tells. Asked once; every fallback goes by this.</summary>
/// <param name="Version">As told: <c>v1.33.2</c>.</param>
/// <param name="HasEphemeralContainers">Containers that are added to a pod that runs: 1.25 and later.</param>
/// <param name="HasNativeSidecars">Init containers that run on (<c>restartPolicy: Always</c>): 1.29 and later.</param>
/// <param name="HasImageVolumes">
/// Folders of an image as a volume: 1.33 and later, as far as the nodes' runtimes have them too, which the API does not tell.
/// </param>
internal sealed record ClusterFeatures(string Version, bool HasEphemeralContainers, bool HasNativeSidecars, bool HasImageVolumes)
{
    private const int EphemeralContainers = 25;
    private const int NativeSidecars = 29;
    private const int ImageVolumes = 33; // with folders of the image (subPath)

    /// <summary>Reads a version; one that cannot be read counts as new.</summary>
    public static ClusterFeatures Of(string version)
    {
        var minor = MinorOf(version);
        return new ClusterFeatures(
            version,
            HasEphemeralContainers: minor >= EphemeralContainers,
            HasNativeSidecars: minor >= NativeSidecars,
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
