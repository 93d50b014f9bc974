using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Cleanup;

/// <summary>Which things of a namespace nobody looks after. Pure.</summary>
/// <remarks>
/// As long as an agent of an installation lives, or did until some minutes ago, it removes what others of it left. Where none does, what tells of a job that is
/// not over is still wanted: the next agent takes it up, whenever it comes.
/// </remarks>
internal static class LeftOverRules
{
    /// <summary>How long an agent may be away, and a job be over without one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What is left over: pods first, then the Secrets of jobs, then Leases.</summary>
    /// <param name="pods">All that agents of any installation have made, as are the rest.</param>
    /// <param name="secrets">As above.</param>
    /// <param name="leases">As above, notes among them.</param>
    /// <param name="now">The time by the cluster's clock.</param>
    public static IReadOnlyList<LeftOver> Find(IReadOnlyCollection<V1Pod> pods, IEnumerable<V1Secret> secrets, IEnumerable<V1Lease> leases, DateTimeOffset now)
    {
        var (notes, agents) = (new List<V1Lease>(), new List<V1Lease>());
        foreach (var lease in leases)
        {
            (lease.Metadata.Labels?.ContainsKey(PodLabels.Note) == true ? notes : agents).Add(lease);
        }

        var living = agents.Where(lease => !IsOld(lease.Spec?.RenewTime, now)).Select(lease => InstanceOf(lease.Metadata)).ToHashSet(StringComparer.Ordinal);
        var ofPods = pods.Select(pod => OfPod(pod, IsLookedAfter(pod.Metadata), now)).OfType<LeftOver>().ToList();
        var names = pods.Select(pod => PodLabels.SecretOf(pod.Metadata)).ToHashSet(StringComparer.Ordinal);
        var ofSecrets = secrets.Where(secret => !names.Contains(secret.Metadata.Name) && !IsLookedAfter(secret.Metadata)).Select(secret => OfSecret(secret, now)).OfType<LeftOver>().ToList();

        // The Lease of an agent says whose its jobs are, so that it goes last.
        var gone = ofPods.Concat(ofSecrets).Where(left => !left.IsWanted).Select(left => left.Name).ToHashSet(StringComparer.Ordinal);
        var owners = pods.Select(pod => pod.Metadata).Concat(ofSecrets.Select(left => left.Seen))
            .Where(thing => !gone.Contains(thing.Name)).Select(PodLabels.OwnerOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return
        [
            .. ofPods,
            .. ofSecrets,
            .. agents.Where(lease => IsOld(lease.Spec?.RenewTime, now)).Select(lease => OfAgent(lease, owners)),
            .. notes.Where(note => !IsLookedAfter(note.Metadata) && IsOld(note.Metadata.CreationTimestamp, now)).Select(OfNote),
        ];

        bool IsLookedAfter(V1ObjectMeta thing) => living.Contains(InstanceOf(thing));
    }

    private static LeftOver? OfPod(V1Pod pod, bool isLookedAfter, DateTimeOffset now)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return null; // it goes
        }

        if (pod.Metadata.Labels is { } labels && labels.TryGetValue(PodLabels.Finished, out var end))
        {
            return Thing("Pod", pod.Metadata, $"is kept for a look; its job has {end}", isWanted: true);
        }

        var owner = AgentOf(PodLabels.OwnerOf(pod.Metadata));
        var ended = pod.Status?.Phase is "Succeeded" or "Failed" ? PodTimes.JobStatus(pod)?.State?.Terminated?.FinishedAt : null;
        if (pod.Metadata.Labels is { } kept && kept.ContainsKey(PodLabels.Warm) && !kept.ContainsKey(PodLabels.JobId))
        {
            return isLookedAfter || !IsOld(pod.Metadata.CreationTimestamp, now) ? null : Thing("Pod", pod.Metadata, $"waits for a job, and {owner} is gone", isWanted: false);
        }

        return isLookedAfter || !IsOld(ended ?? pod.Metadata.CreationTimestamp, now) ? null
            : ended is not null ? Thing("Pod", pod.Metadata, $"its job is over, and {owner} is gone", isWanted: false)
            : Thing("Pod", pod.Metadata, $"{owner} is gone; the next agent of its installation would look after the job", isWanted: true);
    }

    private static LeftOver? OfSecret(V1Secret secret, DateTimeOffset now)
    {
        var owner = AgentOf(PodLabels.OwnerOf(secret.Metadata));
        var isOfWaitingJob = secret.Metadata.Labels is { } labels && (labels.ContainsKey(PodLabels.Taken) || labels.ContainsKey(PodLabels.Launching));
        return !IsOld(secret.Metadata.CreationTimestamp, now) ? null
            : isOfWaitingJob ? Thing("Secret", secret.Metadata, $"{owner} is gone; the next agent of its installation would start the job", isWanted: true)
            : Thing("Secret", secret.Metadata, $"of a job whose pod and {owner} are gone", isWanted: false);
    }

    private static LeftOver OfAgent(V1Lease lease, HashSet<string> owners) => Thing(
        "Lease", lease.Metadata, $"{AgentOf(lease.Spec?.HolderIdentity)} is gone", isWanted: lease.Spec?.HolderIdentity is { } holder && owners.Contains(holder));

    private static LeftOver OfNote(V1Lease note) =>
        Thing("Lease", note.Metadata, $"a note of the agents of '{InstanceOf(note.Metadata)}', of which none lives", isWanted: true);

    private static LeftOver Thing(string kind, V1ObjectMeta seen, string why, bool isWanted) => new(kind, seen.Name, why, isWanted) { Seen = seen };

    private static string AgentOf(string? owner) => owner is null ? "its agent" : $"agent '{AgentIdentity.NameOf(owner)}'";

    private static string InstanceOf(V1ObjectMeta metadata) => metadata.Labels?.TryGetValue(PodLabels.Instance, out var instance) == true ? instance : string.Empty;

    // What has no time is of nobody who could say so.
    private static bool IsOld(DateTime? time, DateTimeOffset now) => PodTimes.At(time) is not { } at || now - at >= Patience;
}
