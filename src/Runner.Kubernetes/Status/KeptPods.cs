using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Status;

/// <summary>Which pods of jobs that are over need not be kept any longer. Pure.</summary>
internal static class KeptPods
{
    /// <summary>Those beyond the limits, the oldest, and those that are too old.</summary>
    /// <param name="finished">Pods with the label <see cref="PodLabels.Finished"/>, of all agents of the installation.</param>
    /// <param name="policy">The limits.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<V1Pod> Surplus(IEnumerable<V1Pod> finished, CleanupOptions policy, DateTimeOffset now) =>
        from kind in finished.ToLookup(pod => pod.Metadata.Labels[PodLabels.Finished] == PodLabels.Succeeded)
        let limit = kind.Key ? policy.SuccessfulJobsHistoryLimit : policy.FailedJobsHistoryLimit
        from entry in kind.OrderByDescending(EndOf).ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal).Index()
        where entry.Index >= limit || now - EndOf(entry.Item) > TimeSpan.FromSeconds(policy.TtlSecondsAfterFinished)
        select entry.Item;

    private static DateTimeOffset EndOf(V1Pod pod) =>
        PodTimes.At(PodTimes.JobStatus(pod)?.State?.Terminated?.FinishedAt) ?? PodTimes.At(pod.Metadata.CreationTimestamp) ?? DateTimeOffset.MinValue;
}
