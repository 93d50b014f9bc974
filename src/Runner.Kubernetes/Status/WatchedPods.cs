using k8s.Models;

namespace Runner.Kubernetes.Status;

/// <summary>
/// Takes out of a pod that was seen what nobody reads of it, which is most of it: an agent keeps the last state of each of its pods, and has thousands.
/// </summary>
internal static class WatchedPods
{
    // Whether a container has one is all that is asked.
    private const string HasId = "-";

    private static readonly SharedTexts Texts = new();

    /// <summary>The same pod without who manages its fields, and without what its containers are given and may do.</summary>
    public static V1Pod Trim(V1Pod pod)
    {
        if (pod.Metadata is { } metadata)
        {
            metadata.ManagedFields = null;
            metadata.Labels = Texts.Of(metadata.Labels);
            metadata.Annotations = Texts.Of(metadata.Annotations);
        }

        foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            (status.ImageID, status.ContainerID) = (string.Empty, string.IsNullOrEmpty(status.ContainerID) ? string.Empty : HasId);
            (status.Name, status.Image) = (Texts.Of(status.Name), Texts.Of(status.Image));
        }

        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            (condition.Type, condition.Status, condition.Reason) = (Texts.Of(condition.Type), Texts.Of(condition.Status), Texts.Of(condition.Reason));
        }

        if (pod.Spec is { } spec)
        {
            (spec.Volumes, spec.Affinity, spec.Tolerations, spec.TopologySpreadConstraints) = (null, null, null, null);
            (spec.SecurityContext, spec.ImagePullSecrets, spec.DnsConfig, spec.HostAliases) = (null, null, null, null);
            (spec.SchedulerName, spec.ServiceAccount, spec.ServiceAccountName, spec.DnsPolicy, spec.PreemptionPolicy) = (null, null, null, null, null);
            spec.NodeName = Texts.Of(spec.NodeName);
            foreach (var container in (spec.InitContainers ?? []).Concat(spec.Containers ?? []))
            {
                (container.Command, container.Args, container.Env, container.EnvFrom) = (null, null, null, null);
                (container.VolumeMounts, container.SecurityContext, container.Lifecycle, container.Ports) = (null, null, null, null);
                (container.ImagePullPolicy, container.TerminationMessagePath, container.TerminationMessagePolicy) = (null, null, null);
                (container.Name, container.Image) = (Texts.Of(container.Name), Texts.Of(container.Image));
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
