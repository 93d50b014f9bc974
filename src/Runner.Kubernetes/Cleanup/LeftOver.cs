using k8s.Models;

namespace Runner.Kubernetes.Cleanup;

/// <summary>A thing of ours in a namespace that no living agent looks after.</summary>
/// <param name="Kind"><c>Pod</c>, <c>Secret</c> or <c>Lease</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Why">Why it is one, for people.</param>
/// <param name="IsWanted">Whether somebody may still want it: a pod that is kept for a look, or a job that the next agent would take up.</param>
public sealed record LeftOver(string Kind, string Name, string Why, bool IsWanted)
{
    /// <summary>As it was when it was seen; what has changed since is not removed.</summary>
    internal V1ObjectMeta Seen { get; init; } = new() { Name = Name };
}
