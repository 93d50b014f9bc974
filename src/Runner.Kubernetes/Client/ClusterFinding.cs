namespace Runner.Kubernetes.Client;

/// <summary>How something that job pods need was found.</summary>
public enum ClusterFindingKind
{
    /// <summary>It is there.</summary>
    There,

    /// <summary>It is not: pods that need it do not start.</summary>
    Missing,

    /// <summary>It is there, and used up.</summary>
    Full,

    /// <summary>Whoever asked may not look, or nobody answered.</summary>
    Unknown,
}

/// <summary>Something that job pods need.</summary>
/// <param name="Kind">How it was found.</param>
/// <param name="What">Such as <c>storage class fast</c>.</param>
/// <param name="Setting">The setting that names it.</param>
public sealed record ClusterFinding(ClusterFindingKind Kind, string What, string Setting)
{
    /// <summary>More of it, for people; <c>null</c>: nothing.</summary>
    public string? Detail { get; init; }
}
