using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Cleanup;

/// <summary>Which things of a namespace nobody looks after. Pure.</summary>
/// <remarks>
/// An agent that comes again within minutes takes up what is its own, so nothing of it is left over for so long, and what it may still take up later is
/// removed by those only who say so.
/// </remarks>
internal static class LeftOverRules
{
    /// <summary>How long an agent may be away, and a thing be without one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What is left over: pods first, then the Secrets of jobs, then Leases.</summary>
    /// <param name="pods">All that agents of any installation have made, as are the rest.</param>
    /// <param name="secrets">As above.</param>
    /// <param name="leases">As above, notes among them.</param>
    /// <param name="now">The time by the cluster's clock, near enough.</param>
    public static IReadOnlyList<LeftOver> Find(IEnumerable<V1Pod> pods, IEnumerable<V1Secret> secrets, IEnumerable<V1Lease> leases, DateTimeOffset now)
    {
        var (notes, agents) = (new List<V1Lease>(), new List<V1Lease>());
        foreach (var lease in leases)
        {
            (lease.Metadata.Labels?.ContainsKey(PodLabels.Note) == true ? notes : agents).Add(lease);
        }

        var all = pods.ToList();
        var living = agents.Where(lease => !IsOld(lease.Spec?.RenewTime, now)).Select(lease => lease.Spec.HolderIdentity).ToHashSet(StringComparer.Ordinal);
        var ofPods = all.Select(pod => OfPod(pod, living, now)).OfType<LeftOver>().ToList();
        var names = all.Select(pod => pod.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        var ofSecrets = secrets.Where(secret => !names.Contains(secret.Metadata.Name)).Select(secret => OfSecret(secret, living, now)).OfType<LeftOver>();

        // The Lease of an agent says whose its pods were, so that it goes last.
        var removed = ofPods.Where(left => !left.IsWanted).Select(left => left.Name).ToHashSet(StringComparer.Ordinal);
        var owners = all.Where(pod => !removed.Contains(pod.Metadata.Name)).Select(pod => PodLabels.OwnerOf(pod.Metadata)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var instances = agents.Where(lease => living.Contains(lease.Spec.HolderIdentity)).Select(lease => InstanceOf(lease.Metadata)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. ofPods,
            .. ofSecrets,
            .. agents.Where(lease => IsOld(lease.Spec?.RenewTime, now)).Select(lease => OfAgent(lease, owners)),
            .. notes.Where(note => !instances.Contains(InstanceOf(note.Metadata)) && IsOld(note.Metadata.CreationTimestamp, now)).Select(OfNote),
        ];
    }

    private static LeftOver? OfPod(V1Pod pod, HashSet<string> living, DateTimeOffset now)
    {
        var (name, owner) = (pod.Metadata.Name, PodLabels.OwnerOf(pod.Metadata));
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return null; // it goes
        }

        if (pod.Metadata.Labels is { } labels && labels.TryGetValue(PodLabels.Finished, out var end))
        {
            return new LeftOver("Pod", name, $"is kept for a look; its job has {end}", IsWanted: true);
        }

        if (owner is not null && living.Contains(owner))
        {
            return null;
        }

        var isOver = pod.Status?.Phase is "Succeeded" or "Failed";
        return !IsOld(isOver ? EndOf(pod) : pod.Metadata.CreationTimestamp, now) ? null
            : isOver ? new LeftOver("Pod", name, $"its job is over, and {AgentOf(owner)} is gone", IsWanted: false)
            : new LeftOver("Pod", name, $"{AgentOf(owner)} is gone; the next agent of its installation would look after the job", IsWanted: true);
    }

    private static LeftOver? OfSecret(V1Secret secret, HashSet<string> living, DateTimeOffset now)
    {
        var owner = PodLabels.OwnerOf(secret.Metadata);
        return (owner is not null && living.Contains(owner)) || !IsOld(secret.Metadata.CreationTimestamp, now)
            ? null
            : new LeftOver("Secret", secret.Metadata.Name, $"of a job without a pod, and {AgentOf(owner)} is gone", IsWanted: false);
    }

    private static LeftOver OfAgent(V1Lease lease, HashSet<string> owners) =>
        new("Lease", lease.Metadata.Name, $"{AgentOf(lease.Spec?.HolderIdentity)} is gone", IsWanted: lease.Spec?.HolderIdentity is { } holder && owners.Contains(holder));

    private static LeftOver OfNote(V1Lease note) =>
        new("Lease", note.Metadata.Name, $"a note of the agents of '{InstanceOf(note.Metadata)}', of which none lives", IsWanted: true);

    private static string AgentOf(string? owner) => owner is null ? "its agent" : $"agent '{AgentIdentity.NameOf(owner)}'";

    private static string InstanceOf(V1ObjectMeta metadata) => metadata.Labels?.TryGetValue(PodLabels.Instance, out var instance) == true ? instance : string.Empty;

    private static DateTime? EndOf(V1Pod pod) =>
        (pod.Status?.ContainerStatuses ?? []).Select(status => status.State?.Terminated?.FinishedAt).Max() ?? pod.Metadata.CreationTimestamp;

    // What has no time is of nobody who could say so.
    private static bool IsOld(DateTime? time, DateTimeOffset now) => PodTimes.At(time) is not { } at || now - at >= Patience;
}
