using System.Text.RegularExpressions;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Room;

/// <summary>Whether pods of a pool wait for a node so long that another one would too. Pure.</summary>
internal static partial class WaitingPods
{
    /// <summary>How long an autoscaler has to see that a node is wanted. Pods that wait for less say nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A scheduler tries again at once after a pod has gone.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(5);

    /// <summary>What the nodes lack for pods that wait for one, by its name: of nodes that would suit, were they not full.</summary>
    public static IReadOnlySet<string> Lack(IEnumerable<V1Pod> pods, DateTimeOffset now) => Waiting(pods, now - ShortPatience)
        .SelectMany(condition => FullNodes().Matches(condition.Message ?? string.Empty))
        .Select(match => match.Groups["resource"] is { Success: true } resource ? resource.Value : "pods")
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>No room where one waits; else no limit.</summary>
    public static JobRoom RoomFor(string pool, IEnumerable<V1Pod> pods, DateTimeOffset now)
    {
        var label = LabelRules.ToValue(pool);
        var waiting = Waiting(pods.Where(pod => pod.Metadata.Labels is { } labels && labels.TryGetValue(PodLabels.Pool, out var own) && own == label), now - Patience).ToList();
        return waiting.Count == 0 ? JobRoom.Unlimited : new JobRoom(0, RoomLimit.Unplaceable, $"{waiting.Count} pod(s) wait for a node: {waiting[0].Message}");
    }

    private static IEnumerable<V1PodCondition> Waiting(IEnumerable<V1Pod> pods, DateTimeOffset since) => pods
        .Select(pod => PodTimes.Condition(pod, "PodScheduled"))
        .OfType<V1PodCondition>()
        .Where(condition => condition is { Status: "False", Reason: "Unschedulable" } && PodTimes.At(condition.LastTransitionTime) <= since);

    // The scheduler's words (plugins NodeResourcesFit): "0/3 nodes are available: 3 Insufficient cpu."
    [GeneratedRegex("Insufficient (?<resource>[A-Za-z0-9./-]*[A-Za-z0-9])|Too many pods")]
    private static partial Regex FullNodes();
}
