namespace Runner.Agent.Configuration;

/// <summary>A setting that is known, and not read.</summary>
/// <param name="Why">The reason, as the end of a sentence that begins with the setting.</param>
/// <param name="IsMistake">Whether jobs would go wrong without it, so that nothing may start.</param>
internal sealed record UnusedSetting(string Why, bool IsMistake);

/// <summary>
/// Settings that other tools or our specification have and that are not read, each with the reason: nobody should hunt for a typing mistake, and files that
/// have them need not be rewritten.
/// </summary>
internal static class UnusedSettings
{
    private const string Nothing = "has no effect:";

    // `*` is any one key.
    private static readonly (string Path, string Why, bool IsMistake)[] All =
    [
        ("kubernetes.volumeTemplates", $"{Nothing} say podTemplate.spec.volumes, storage.workspace and storage.toolCache", false),
        ("kubernetes.platforms.*.docker", "is not read, and jobs that call docker would find none: put an engine beside them by podTemplate (docs/containers.md)", true),
        ("kubernetes.platforms.*.securityContext.privileged", $"{Nothing} it is a container's, not a pod's; say podSecurityStandard: privileged, within which a workflow's container.options may ask for it", false),
        ("kubernetes.networking.networkPolicy", $"{Nothing} make the NetworkPolicy beside the chart, or by its networkPolicy", false),
        ("kubernetes.networking.serviceMesh", $"{Nothing} say the mesh's labels and annotations in podTemplate.metadata", false),
        ("kubernetes.security.rbac", $"{Nothing} the Helm chart makes the service account and its rights", false),
        ("kubernetes.security.networkPolicies", $"{Nothing} make them beside the chart, or by its networkPolicy", false),
        ("kubernetes.storage.artifacts", $"{Nothing} artifacts are GitHub's, or where services says", false),
        ("kubernetes.storage.toolCache.reclaimPolicy", $"{Nothing} the claim is yours and is never removed", false),
        ("kubernetes.extraCertificates", "is network.caFile, which names a file and is for all backends", true),
        ("monitoring.tracing.jaeger", $"{Nothing} Jaeger takes OTLP at port 4318, which is named by monitoring.tracing.endpoint", false),
        ("monitoring.logging.output", $"{Nothing} logs go to standard error, where the container engine takes them", false),
        ("monitoring.logging.aggregation", $"{Nothing} let the cluster collect the container's log", false),
        ("monitoring.logging.retention", $"{Nothing} the cluster keeps the container's log", false),
    ];

    /// <summary>What is known of a setting that is not read; <c>null</c>: nothing.</summary>
    /// <param name="path">Its path, such as <c>kubernetes.volumeTemplates</c>.</param>
    public static UnusedSetting? Find(string path) =>
        Array.Find(All, unused => Matches(unused.Path.Split('.'), path.Split('.'))) is { Path: not null } found ? new UnusedSetting(found.Why, found.IsMistake) : null;

    private static bool Matches(string[] pattern, string[] path) =>
        pattern.Length == path.Length && pattern.Zip(path).All(part => part.First == "*" || part.First.Equals(part.Second, StringComparison.OrdinalIgnoreCase));
}
