using k8s.Models;

namespace Runner.Kubernetes.Status;

/// <summary>What is known of a pod at a moment.</summary>
internal sealed record PodSighting
{
    /// <summary>The pod as last seen.</summary>
    public required V1Pod Pod { get; init; }

    /// <summary>Whether it is gone from the cluster since.</summary>
    public bool IsGone { get; init; }

    /// <summary>The moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// Since when a container cannot be started, as the verdicts before said, or <c>null</c>: Kubernetes keeps no such time.
    /// </summary>
    public DateTimeOffset? StartFailingSince { get; init; }

    /// <summary>What keeps a container from starting, in the most telling words of the sightings up to this one, or <c>null</c>.</summary>
    public StartObstacle? Obstacle { get; init; }
}
