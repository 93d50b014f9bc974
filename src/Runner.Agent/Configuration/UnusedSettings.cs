namespace Runner.Agent.Configuration;

/// <summary>Settings that other tools or our specification have and that are not read, each with the reason: nobody should hunt for a typing mistake.</summary>
internal static class RefusedSettings
{
    private const string NotYet = "is not supported by this version";

    // `*` is any one key.
    private static readonly (string Path, string Why)[] All =
    [
        ("kubernetes.volumeTemplates", $"{NotYet}; use storage.workspace and storage.toolCache"),
        ("kubernetes.platforms.*.docker", NotYet),
        ("kubernetes.networking.networkPolicy", $"{NotYet}; make the NetworkPolicy beside the chart"),
        ("kubernetes.networking.serviceMesh", NotYet),
        ("kubernetes.security.rbac", "is the Helm chart's: it makes the service account and its rights"),
        ("kubernetes.security.networkPolicies", $"{NotYet}; make them beside the chart"),
        ("kubernetes.storage.artifacts", NotYet),
        ("kubernetes.extraCertificates", "is network.caFile, which names a file and is for all backends"),
        ("kubernetes.cleanupPolicy.ttlSecondsAfterFinished", $"{NotYet}; use successfulJobsHistoryLimit and failedJobsHistoryLimit"),
        ("kubernetes.cleanupPolicy.autoCleanup", "is always on"),
        ("monitoring.tracing", NotYet),
        ("monitoring.logging.output", "is no choice: logs go to standard error, where the container engine takes them"),
        ("monitoring.logging.aggregation", "is the cluster's: collect the container's log"),
        ("monitoring.logging.retention", "is the cluster's: it keeps the container's log"),
    ];

    /// <summary>Why a setting is refused; <c>null</c>: nothing is known of it.</summary>
    /// <param name="path">Its path, such as <c>kubernetes.volumeTemplates</c>.</param>
    public static string? Why(string path) => Array.Find(All, refused => Matches(refused.Path.Split('.'), path.Split('.'))).Why;

    private static bool Matches(string[] pattern, string[] path) =>
        pattern.Length == path.Length && pattern.Zip(path).All(part => part.First == "*" || part.First.Equals(part.Second, StringComparison.OrdinalIgnoreCase));
}
