namespace Runner.Testing.Cluster;

/// <summary>A kind of objects, with its place in the API's paths.</summary>
/// <param name="Group">API group; empty: the core one.</param>
/// <param name="Resource">As paths name it.</param>
/// <param name="Kind">As objects name it.</param>
/// <param name="ShowsDeleted">Whether a deletion answers with the object, not with a status.</param>
internal sealed record ResourceKind(string Group, string Resource, string Kind, bool ShowsDeleted = false)
{
    private static readonly ResourceKind[] All =
    [
        new("", "pods", "Pod", ShowsDeleted: true),
        new("", "secrets", "Secret"),
        new("", "configmaps", "ConfigMap"),
        new("", "resourcequotas", "ResourceQuota", ShowsDeleted: true),
        new("coordination.k8s.io", "leases", "Lease"),
    ];

    public static ResourceKind Pods => All[0];

    public static ResourceKind Secrets => All[1];

    public string ApiVersion => Group.Length == 0 ? "v1" : $"{Group}/v1";

    /// <summary>The resource with its group, as errors name it.</summary>
    public string QualifiedResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";

    public static ResourceKind? Find(string group, string resource) => Array.Find(All, kind => kind.Group == group && kind.Resource == resource);
}
