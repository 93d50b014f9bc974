using System.Globalization;
using k8s.Models;
using Runner.Jobs.Launch;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Status;

/// <summary>Reads times, conditions and containers out of a pod. Pure. Kubernetes' times have whole seconds.</summary>
internal static class PodTimes
{
    /// <summary>When the pod passed each stage, as far as it has.</summary>
    public static LaunchTimes Of(V1Pod pod)
    {
        var job = JobStatus(pod)?.State;
        if (TimeOf(pod, PodLabels.TakenAt) is { } taken)
        {
            return new LaunchTimes { MessageSeen = TimeOf(pod, PodLabels.MessageSeen), ContainersStarted = taken }; // it ran before its job was there
        }

        return new LaunchTimes
        {
            MessageSeen = TimeOf(pod, PodLabels.MessageSeen),
            PodCreated = At(pod.Metadata.CreationTimestamp),
            Scheduled = Condition(pod, "PodScheduled") is { Status: "True" } scheduled ? At(scheduled.LastTransitionTime) : null,
            ContainersStarted = At(job?.Running?.StartedAt ?? job?.Terminated?.StartedAt),
        };
    }

    /// <summary>The status of the job container, or <c>null</c> where there is none yet.</summary>
    public static V1ContainerStatus? JobStatus(V1Pod pod) =>
        pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == ContainerNames.Job);

    /// <summary>A condition of the pod, or <c>null</c>.</summary>
    public static V1PodCondition? Condition(V1Pod pod, string type) =>
        pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>
    /// Whether a state of a pod is older than another. Resource versions are numbers that grow wherever etcd is the store (and by
    /// contract since Kubernetes 1.35); a state without one is a name only and counts as older.
    /// </summary>
    public static bool IsOlder(V1Pod pod, V1Pod than) =>
        !TryVersion(pod, out var version) || (TryVersion(than, out var other) && version < other);

    /// <summary>A time of the API as one with its zone, which is UTC.</summary>
    public static DateTimeOffset? At(DateTime? time) =>
        time is { } value && value > DateTime.UnixEpoch ? new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)) : null;

    private static bool TryVersion(V1Pod pod, out ulong version) =>
        ulong.TryParse(pod.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out version);

    private static DateTimeOffset? TimeOf(V1Pod pod, string annotation) =>
        pod.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(annotation, out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time
            : null;
}
