using k8s.Models;

namespace Runner.Kubernetes.Status;

/// <summary>Containers that "ended" because their process could not be started. Pure.</summary>
internal static class StartFailures
{
    // Reasons that runtimes give (containerd, CRI-O).
    private static readonly string[] Reasons = ["StartError", "ContainerCannotRun", "CreateContainerError"];

    /// <summary>Whether an end is such a one.</summary>
    public static bool Is(V1ContainerStateTerminated terminated) => Reasons.Contains(terminated.Reason, StringComparer.Ordinal);
}
