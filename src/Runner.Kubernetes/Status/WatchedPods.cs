using k8s.Models;

namespace Runner.Kubernetes.Status;

/// <summary>
/// Takes out of a pod that was seen what nobody reads of it, which is most of it: an agent keeps the last state of each of its pods, and has thousands.
/// </summary>
internal static class WatchedPods
{
    // Whether a container has one is all that is asked.
    private const string HasId = "-";

    /// <summary>The same pod without who manages its fields, and without what its containers are given and may do.</summary>
    public static V1Pod Trim(V1Pod pod)
    {
        if (pod.Metadata is { } metadata)
        {
            metadata.ManagedFields = null;
            metadata.Labels = SharedTexts.Of(metadata.Labels);
            metadata.Annotations = SharedTexts.Of(metadata.Annotations);
        }

        foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            (status.ImageID, status.ContainerID) = (string.Empty, string.IsNullOrEmpty(status.ContainerID) ? string.Empty : HasId);
            (status.Name, status.Image) = (SharedTexts.Of(status.Name), SharedTexts.Of(status.Image));
        }

        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            (condition.Type, condition.Status, condition.Reason) = (SharedTexts.Of(condition.Type), SharedTexts.Of(condition.Status), SharedTexts.Of(condition.Reason));
        }

        if (pod.Spec is { } spec)
        {
            (spec.Volumes, spec.Affinity, spec.Tolerations, spec.TopologySpreadConstraints) = (null, null, null, null);
            (spec.SecurityContext, spec.ImagePullSecrets, spec.DnsConfig, spec.HostAliases) = (null, null, null, null);
            (spec.SchedulerName, spec.ServiceAccount, spec.ServiceAccountName, spec.DnsPolicy, spec.PreemptionPolicy) = (null, null, null, null, null);
            spec.NodeName = SharedTexts.Of(spec.NodeName);
            foreach (var container in (spec.InitContainers ?? []).Concat(spec.Containers ?? []))
            {
                (container.Command, container.Args, container.Env, container.EnvFrom) = (null, null, null, null);
                (container.VolumeMounts, container.SecurityContext, container.Lifecycle, container.Ports) = (null, null, null, null);
                (container.ImagePullPolicy, container.TerminationMessagePath, container.TerminationMessagePolicy) = (null, null, null);
                (container.Name, container.Image) = (SharedTexts.Of(container.Name), SharedTexts.Of(container.Image));
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
