using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Room;

/// <summary>Counts pods of jobs that are not over. Pure.</summary>
internal static class PodCounts
{
    /// <summary>Those of a pool.</summary>
    public static JobCount Of(string pool, IEnumerable<V1Pod> pods)
    {
        var label = LabelRules.ToValue(pool);
        var phases = pods.Where(pod => pod.Metadata.Labels?.TryGetValue(PodLabels.Pool, out var value) == true && value == label)
            .Select(pod => pod.Status?.Phase)
            .ToList();
        return new JobCount(phases.Count(phase => phase is null or "" or "Pending"), phases.Count(phase => phase == "Running"));
    }
}
