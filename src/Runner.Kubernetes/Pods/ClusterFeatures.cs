using System.Globalization;

namespace Runner.Kubernetes.Pods;

/// <summary>What a cluster can do, by the version that its API server tells. Asked once; every fallback goes by this.</summary>
/// <param name="Version">As told: <c>v1.33.2</c>.</param>
/// <param name="HasNativeSidecars">Init containers that run on (<c>restartPolicy: Always</c>): 1.29 and later.</param>
internal sealed record ClusterFeatures(string Version, bool HasNativeSidecars)
{
    private const int NativeSidecars = 29;

    /// <summary>Reads a version; one that cannot be read counts as new.</summary>
    public static ClusterFeatures Of(string version)
    {
        var parts = version.TrimStart('v').Split('.', '-', '+');
        var isOld = parts.Length > 1 && parts[0] == "1"
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && minor < NativeSidecars;
        return new ClusterFeatures(version, !isOld);
    }
}
