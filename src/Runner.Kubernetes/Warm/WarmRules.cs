using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Warm;

/// <summary>What is to happen to the pods of a pool that wait. Pure.</summary>
internal static class WarmRules
{
    /// <summary>Whether a job can be given to a pod: its worker waits.</summary>
    public static bool IsReady(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && PodTimes.JobStatus(pod)?.State?.Running is not null && PodTimes.Condition(pod, "Ready")?.Status != "False"; // as of a node that is lost

    /// <summary>What is to happen.</summary>
    /// <param name="pods">Pods of the pool that wait, all of this agent.</param>
    /// <param name="shape">The shape they are to have; <c>null</c>: none can be made.</param>
    /// <param name="wanted">How many are to wait.</param>
    /// <param name="options">How many, as the operator says.</param>
    /// <param name="limits">How long a pod may take to start.</param>
    /// <param name="now">The time.</param>
    public static WarmTurn Decide(IEnumerable<V1Pod> pods, string? shape, int wanted, WarmOptions options, StartOptions limits, DateTimeOffset now)
    {
        var (kept, removed, failures) = (new List<V1Pod>(), new List<V1Pod>(), new List<string>());
        foreach (var pod in pods.Where(pod => pod.Metadata.DeletionTimestamp is null))
        {
            if (pod.Metadata.Labels[PodLabels.Warm] != shape)
            {
                removed.Add(pod); // of settings that are no more
            }
            else if (ProblemOf(pod, limits, now) is { } problem)
            {
                removed.Add(pod);
                failures.AddRange(problem.Length > 0 ? [problem] : []);
            }
            else
            {
                kept.Add(pod);
            }
        }

        // The newest is taken first, so that those which nobody needs show by their age.
        var idle = kept.Where(pod => IsReady(pod) && now - StartOf(pod) >= options.Idle).OrderBy(StartOf).Take(Math.Max(kept.Count - options.Min, 0)).ToList();
        var target = Math.Max(wanted - idle.Count, options.Min);
        var left = kept.Except(idle).OrderByDescending(IsReady).ThenBy(StartOf).ToList();
        return new WarmTurn(Create: Math.Max(target - left.Count, 0), Remove: [.. removed, .. idle, .. left.Skip(target)], idle.Count, failures);
    }

    // What is wrong with it, empty where it is merely over; null: nothing.
    private static string? ProblemOf(V1Pod pod, StartOptions limits, DateTimeOffset now)
    {
        if (PodTimes.JobStatus(pod)?.State?.Terminated is { ExitCode: 0 })
        {
            return string.Empty; // it waited as long as it may
        }

        if (PodFailures.Find(new PodSighting { Pod = pod, Now = now }) is { } failure)
        {
            return failure.Message;
        }

        var age = now - (PodTimes.At(pod.Metadata.CreationTimestamp) ?? now);
        return !IsReady(pod) && StartObstacle.First(pod) is { } obstacle && age >= obstacle.Patience(limits) ? PodMessages.NotStarting(obstacle, age)
            : !IsReady(pod) && PodTimes.Of(pod).Scheduled is { } scheduled && now - scheduled >= limits.StartDeadline ? PodMessages.NotStarted(pod, limits.StartDeadline)
            : null;
    }

    /// <summary>Since when it waits, or is made.</summary>
    public static DateTimeOffset StartOf(V1Pod pod) =>
        PodTimes.At(PodTimes.JobStatus(pod)?.State?.Running?.StartedAt) ?? PodTimes.At(pod.Metadata.CreationTimestamp) ?? DateTimeOffset.MaxValue;
}

/// <summary>What is to happen to the pods of a pool that wait.</summary>
/// <param name="Create">How many to make.</param>
/// <param name="Remove">Which to remove.</param>
/// <param name="Idle">How many of these waited in vain.</param>
/// <param name="Failures">Why others of these cannot be used.</param>
internal sealed record WarmTurn(int Create, IReadOnlyList<V1Pod> Remove, int Idle, IReadOnlyList<string> Failures);
