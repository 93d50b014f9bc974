using System.Globalization;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Status;
using Runner.Kubernetes.Warm;

namespace Runner.Kubernetes;

/// <summary>Launches a job into the pod that its Secret names, which waited for it.</summary>
/// <remarks>
/// Secret (names the pod) → the pod becomes the job's by a patch that holds only for the pod as it was seen → its worker is given the job. Whoever takes the launch
/// up later, be it this agent after a lost answer or another one, reads the pod first: one that became the job's goes on from there, one that did not is removed as it
/// was seen, so that nobody else's patch can hold any more, before the job gets a pod of its own.
/// </remarks>
internal sealed class WarmLaunch(JobCluster cluster, WarmPods warm, PodHandover handover, KubernetesOptions options, string owner, TimeProvider time, ILogger logger)
{
    private const int MostTries = 5;

    private static readonly TimeSpan GivePatience = TimeSpan.FromMinutes(2);

    /// <summary>The job's pod; <c>null</c>: it has none and will have none, so that a new one may be made.</summary>
    /// <param name="name">Name of the pod.</param>
    /// <param name="taken">The pod as this very launch has taken it; <c>null</c>: an earlier try named it.</param>
    /// <param name="launch">The job.</param>
    /// <param name="secret">Its Secret.</param>
    /// <param name="placement">As what it runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">Nobody knows; it may be tried again.</exception>
    public async Task<V1Pod?> LaunchAsync(
        string name, V1Pod? taken, JobLaunch launch, V1Secret secret, PodPlacement placement, CancellationToken cancellationToken)
    {
        if (await ClaimAsync(name, taken, launch, secret, placement, cancellationToken) is not { } pod)
        {
            return null;
        }

        logger.WarmPodGiven(launch.JobId, name);
        if (PodLabels.OwnerOf(pod.Metadata) != owner || PodHandover.IsOver(pod))
        {
            return pod; // another agent looks after it, or its end says what became of the job
        }

        switch (await handover.GiveAsync(pod, launch.JobId, secret, GivePatience, cancellationToken))
        {
            case Handed.Given:
                warm.Given(launch.Pool);
                return pod;
            case Handed.NobodyWaits:
                await RemoveAsync(name, cancellationToken);
                return null;
            case Handed.NotReached when taken is not null:
                await RemoveAsync(name, cancellationToken); // nobody else has tried
                return null;
            case Handed.Over:
                return pod;
            default:
                await RemoveAsync(name, cancellationToken); // perhaps it runs, so no other may: its end is that of a pod that was deleted
                return pod;
        }
    }

    /// <summary>Removes a pod that an earlier try of a launch may have given to the job, which is given up.</summary>
    public async Task ForgetAsync(V1Secret secret, JobLaunch launch, CancellationToken cancellationToken)
    {
        if (PodLabels.PodOf(secret.Metadata) is { } name && await cluster.FindPodAsync(name, cancellationToken) is { } pod && IsOf(pod, launch))
        {
            await RemoveAsync(name, cancellationToken);
        }
    }

    private async Task<V1Pod?> ClaimAsync(
        string name, V1Pod? taken, JobLaunch launch, V1Secret secret, PodPlacement placement, CancellationToken cancellationToken)
    {
        var seen = taken;
        for (var tries = 0; tries < MostTries; tries++)
        {
            seen ??= await cluster.FindPodAsync(name, cancellationToken);
            if (seen is null || IsOfAnother(seen, launch))
            {
                return null;
            }

            if (IsOf(seen, launch))
            {
                return seen;
            }

            if (taken is not null && PodLabels.OwnerOf(seen.Metadata) != owner)
            {
                return null; // this agent was taken for gone
            }

            if (taken is null || !WarmRules.IsReady(seen))
            {
                if (await cluster.DeleteUnchangedAsync("Pod", seen.Metadata, TimeSpan.Zero, cancellationToken))
                {
                    return null;
                }
            }
            else
            {
                try
                {
                    if (await GiveToAsync(seen, launch, secret, placement, cancellationToken) is { } given)
                    {
                        return given;
                    }
                }
                catch (InfrastructureException refusal) when (ApiErrors.IsRefusal(refusal))
                {
                    logger.WarmPodRefused(name, launch.JobId, refusal.Message); // by a policy of the cluster, say
                    return null;
                }
            }

            seen = null; // it went on since it was seen, or the answer was lost
        }

        throw new InfrastructureException($"Pod {name}, which waited for a job, changes too often to be given one");
    }

    private Task<V1Pod?> GiveToAsync(V1Pod pod, JobLaunch launch, V1Secret secret, PodPlacement placement, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var annotations = PodLabels.AnnotationsOf(launch, owner);
        annotations[PodLabels.Secret] = secret.Metadata.Name;
        annotations[PodLabels.TakenAt] = now.ToString("O", CultureInfo.InvariantCulture);
        foreach (var (key, value) in PodLabels.Unmovable.Where(mark => !placement.Annotations.ContainsKey(mark.Key)))
        {
            annotations[key] = value;
        }

        if (PayloadSecret.ReadOutcomeChecks(secret) is { } checks)
        {
            annotations[PodLabels.OutcomeChecks] = checks;
        }

        // It counts from the pod's start, and may only become shorter.
        var age = now - (PodTimes.At(pod.Status?.StartTime) ?? now);
        var deadline = Math.Min((long)(age + options.MaxJobTime).TotalSeconds, pod.Spec.ActiveDeadlineSeconds ?? long.MaxValue);
        return cluster.GivePodAsync(pod, annotations, PodLabels.LabelsOf(launch, options.InstanceInUse), TimeSpan.FromSeconds(deadline), cancellationToken);
    }

    /// <exception cref="InfrastructureException">It is another agent's by now, or changes too often.</exception>
    private async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await cluster.FindPodAsync(name, cancellationToken) is not { } pod)
            {
                return;
            }

            if (PodLabels.OwnerOf(pod.Metadata) != owner)
            {
                break;
            }

            if (await cluster.DeleteUnchangedAsync("Pod", pod.Metadata, TimeSpan.Zero, cancellationToken))
            {
                return;
            }
        }

        throw new InfrastructureException($"Pod {name}, which waited for a job, is another agent's by now, or changes too often to be removed");
    }

    private static bool IsOf(V1Pod pod, JobLaunch launch) => JobOf(pod) == launch.JobId.ToString() && PodLabels.SecretOf(pod.Metadata) == PodNames.For(launch);

    private static bool IsOfAnother(V1Pod pod, JobLaunch launch) => JobOf(pod) is not null && !IsOf(pod, launch);

    private static string? JobOf(V1Pod pod) => pod.Metadata.Labels is { } labels && labels.TryGetValue(PodLabels.JobId, out var job) ? job : null;
}
