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

namespace Runner.Kubernetes;

/// <summary>Gives the worker of a pod that waited its job: the payload of the job's Secret, by one exec, into its memory.</summary>
/// <remarks>A worker takes one job and is given it twice without harm, so a lost answer, or an agent that ended in between, costs nothing.</remarks>
internal sealed class PodHandover(JobCluster cluster, KubernetesOptions options, TimeProvider time, ILogger logger)
{
    private const int Tries = 3;
    private const int NobodyWaits = 69; // the worker's own exit code

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a pod waited for its job and may not have it yet.</summary>
    public static bool IsDue(V1Pod pod, V1Secret secret) => PodLabels.IsWarm(pod.Metadata) && PayloadSecret.IsOfLaunching(secret);

    /// <summary>Whether a pod was to have a job that another pod has.</summary>
    public static bool IsSuperseded(V1Pod pod, V1Secret secret) =>
        PodLabels.IsWarm(pod.Metadata) && secret.Metadata.OwnerReferences?.Any(owner => owner.Uid != pod.Metadata.Uid) == true;

    /// <summary>Gives it.</summary>
    /// <returns>Whether the worker has it; <c>null</c>: nobody knows.</returns>
    public async Task<bool?> GiveAsync(V1Pod pod, JobId job, V1Secret secret, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        if (PayloadSecret.ReadPayload(secret) is not { } payload)
        {
            return false;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(For(payload, name), PayloadJson.Default.LaunchPayload);
        string[] command = [PodPaths.Worker, "give", "--job", job.ToString(), "--payload", bytes.Length.ToString(CultureInfo.InvariantCulture)];
        var isSent = false;
        for (var tries = 1; ; tries++)
        {
            string problem;
            try
            {
                var exitCode = await cluster.Streams.ExecAsync(name, ContainerNames.Job, command, bytes, cancellationToken, opened: () => isSent = true);
                if (exitCode is 0 or NobodyWaits)
                {
                    return exitCode == 0;
                }

                problem = $"runner-worker give {ExitText.Of(exitCode)}";
            }
            catch (InfrastructureException error)
            {
                problem = error.Message;
            }

            logger.WordNotHeard("give", job, name, tries, problem);
            if (tries == Tries)
            {
                return isSent ? null : false;
            }

            await Task.Delay(Pause, time, cancellationToken);
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
