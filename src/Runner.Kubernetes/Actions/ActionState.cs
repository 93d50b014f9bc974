using k8s.Models;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Actions;

/// <summary>How far the container of an action is, as the status of its pod says. Pure.</summary>
internal abstract record ActionState
{
    private ActionState()
    {
    }

    /// <summary>It does not run yet.</summary>
    /// <param name="Obstacle">What keeps it from that, or <c>null</c>: it waits for something ordinary.</param>
    public sealed record Waiting(StartObstacle? Obstacle) : ActionState;

    /// <summary>It runs.</summary>
    public sealed record Running : ActionState;

    /// <summary>It has ended, or could not be started at all.</summary>
    public sealed record Ended(V1ContainerStateTerminated How) : ActionState;

    /// <summary>There is no such pod any more.</summary>
    public sealed record PodGone : ActionState;

    /// <summary>The state by what was seen of the pod.</summary>
    public static ActionState Of(V1Pod pod, bool isGone, string container)
    {
        var status = pod.Status?.EphemeralContainerStatuses?.FirstOrDefault(status => status.Name == container);
        return status?.State switch
        {
            { Terminated: { } how } => new Ended(how),
            _ when isGone => new PodGone(),
            { Running: not null } => new Running(),
            _ => new Waiting(status is null ? null : StartObstacle.Of(pod, status)),
        };
    }
}
