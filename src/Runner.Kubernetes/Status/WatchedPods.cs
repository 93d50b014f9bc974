using k8s.Models;

namespace Runner.Kubernetes.Status;

/// <summary>
/// Takes out of a pod that was seen what nobody reads of it, which is most of it: an agent keeps the last state of each of its pods, and has thousands.
/// </summary>
internal static class WatchedPods
{
    /// <summary>The same pod without who manages its fields, and without what its containers are given and may do.</summary>
    public static V1Pod Trim(V1Pod pod)
    {
        if (pod.Metadata is { } metadata)
        {
            metadata.ManagedFields = null;
        }

        foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            status.ImageID = string.Empty;
        }

        if (pod.Spec is { } spec)
        {
            (spec.Volumes, spec.Affinity, spec.Tolerations, spec.TopologySpreadConstraints) = (null, null, null, null);
            (spec.SecurityContext, spec.ImagePullSecrets, spec.DnsConfig, spec.HostAliases) = (null, null, null, null);
            foreach (var container in (spec.InitContainers ?? []).Concat(spec.Containers ?? []))
            {
                (container.Command, container.Args, container.Env, container.EnvFrom) = (null, null, null, null);
                (container.VolumeMounts, container.SecurityContext, container.Lifecycle, container.Ports) = (null, null, null, null);
            }

            foreach (var container in spec.EphemeralContainers ?? [])
            {
                (container.Command, container.Args, container.Env, container.EnvFrom) = (null, null, null, null);
                (container.VolumeMounts, container.SecurityContext) = (null, null);
            }
        }

        return pod;
    }
}
