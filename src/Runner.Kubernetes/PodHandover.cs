using System.Globalization;
using System.Text.Json;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>Gives the worker of a pod that waited its job: the payload of the job's Secret, by one exec, into its memory.</summary>
/// <remarks>A worker takes one job and is given it twice without harm, so it is given until the worker, or the pod's end, has answered.</remarks>
internal sealed class PodHandover(JobCluster cluster, KubernetesOptions options, TimeProvider time, ILogger logger)
{
    private const int NobodyWaits = 69; // the worker's own exit code

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>Whether a pod waited for its job and may not have it yet.</summary>
    public static bool IsDue(V1Pod pod, V1Secret secret) => PodLabels.IsWarm(pod.Metadata) && PayloadSecret.IsOfLaunching(secret);

    /// <summary>Whether a pod was to have a job that another pod has.</summary>
    public static bool IsSuperseded(V1Pod pod, V1Secret secret) =>
        PodLabels.IsWarm(pod.Metadata) && secret.Metadata.OwnerReferences?.Any(owner => owner.Uid != pod.Metadata.Uid) == true;

    /// <summary>Whether nothing can be given to a pod any more: what became of its job its end tells, if anything does.</summary>
    public static bool IsOver(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null || pod.Status?.Phase is "Succeeded" or "Failed" || PodTimes.JobStatus(pod)?.State?.Terminated is not null;

    /// <summary>Gives it.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="job">Whose it is.</param>
    /// <param name="secret">The job's Secret.</param>
    /// <param name="patience">How long it is tried where no answer comes; at least once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Handed> GiveAsync(V1Pod pod, JobId job, V1Secret secret, TimeSpan patience, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        if (PayloadSecret.ReadPayload(secret) is not { } payload)
        {
            return Handed.NobodyWaits;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(For(payload, name), PayloadJson.Default.LaunchPayload);
        string[] command = [PodPaths.Worker, "give", "--job", job.ToString(), "--payload", bytes.Length.ToString(CultureInfo.InvariantCulture)];
        var (start, isSent, pause) = (time.GetTimestamp(), false, FirstPause);
        for (var tries = 1; ; tries++)
        {
            string problem;
            try
            {
                var exitCode = await cluster.Streams.ExecAsync(name, ContainerNames.Job, command, bytes, cancellationToken, opened: () => isSent = true);
                if (exitCode is 0 or NobodyWaits)
                {
                    return exitCode == 0 ? Handed.Given : Handed.NobodyWaits;
                }

                problem = $"runner-worker give {ExitText.Of(exitCode)}";
            }
            catch (InfrastructureException error)
            {
                problem = error.Message;
            }

            logger.WordNotHeard("give", job, name, tries, problem);
            if (await IsOverAsync(pod, cancellationToken))
            {
                return Handed.Over;
            }

            if (time.GetElapsedTime(start) >= patience)
            {
                return isSent ? Handed.Unknown : Handed.NotReached;
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    // Of another agent since it was seen, it is over for this one, too.
    private async Task<bool> IsOverAsync(V1Pod seen, CancellationToken cancellationToken)
    {
        try
        {
            return await cluster.FindPodAsync(seen.Metadata.Name, cancellationToken) is not { } pod
                || IsOver(pod) || PodLabels.OwnerOf(pod.Metadata) != PodLabels.OwnerOf(seen.Metadata);
        }
        catch (InfrastructureException)
        {
            return false; // nobody can say; it is tried on
        }
    }

    // What the Secret holds is of a pod that is made for the job.
    private LaunchPayload For(LaunchPayload payload, string podName) => payload with
    {
        Runner = payload.Runner with { MachineName = podName, Placement = [.. payload.Runner.Placement, $"Pod {podName} waited for a job of this kind"] },
        Hold = payload.Hold is { } hold ? hold with { Enter = PodEntry.Command(options, podName) } : null,
        Times = payload.Times with { PodCreated = null },
    };
}

/// <summary>What became of giving a pod its job.</summary>
internal enum Handed
{
    /// <summary>Its worker has it.</summary>
    Given,

    /// <summary>Its worker has it not, and will not have it.</summary>
    NobodyWaits,

    /// <summary>The pod is over, or another agent's.</summary>
    Over,

    /// <summary>Nothing came to it, as far as this agent is concerned.</summary>
    NotReached,

    /// <summary>Something was sent, and nobody answered.</summary>
    Unknown,
}
