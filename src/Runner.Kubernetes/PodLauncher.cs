using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Room;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Warm;
using Runner.Kubernetes.Watch;

namespace Runner.Kubernetes;

/// <summary>Makes the pod of a launch: place → Secret → pod → the pod owns the Secret. Where one waits for such a job, that gets it in the place of a new one.</summary>
/// <remarks>Each call may be made twice, so a launch that was cut is taken up where it stopped.</remarks>
internal sealed class PodLauncher(
    JobCluster cluster, PodWatch watch, ClusterRoom room, WarmPods warm, PodHandover handover, KubernetesOptions options, string owner, TimeProvider time, ILogger logger)
{
    // Pods that wait may all be gone with their node.
    private const int MostWarm = 3;

    private readonly PodSpecBuilder _builder = new(options);

    /// <summary>Makes it.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="features">What the cluster can do.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="WorkflowException">Such a pod cannot be built.</exception>
    /// <exception cref="OperatorException">The agent lacks a right.</exception>
    /// <exception cref="InfrastructureException">The API server could not be reached, or the pod has no room now.</exception>
    public async Task<LaunchedPod> LaunchAsync(JobLaunch launch, ClusterFeatures features, CancellationToken cancellationToken)
    {
        var placement = MemoryRules.Raise(PlacementRules.Place(launch.Labels, launch.Platform, options), launch.MoreMemory);
        var warnings = new List<string>();
        var pod = _builder.Build(launch, placement, features, owner, warnings);
        var draft = PayloadSecret.Build(launch, Payload(launch, placement, warnings, pod.Metadata.Name), owner, options);
        var secret = draft;
        var subscription = watch.Open(pod.Metadata.Name);
        try
        {
            secret = await cluster.CreateSecretAsync(draft, cancellationToken);

            // Of the Secret that stands, which an earlier try may have made: its key is the one that the worker gets.
            var checks = PayloadSecret.ReadOutcomeChecks(secret);
            pod.Metadata.Annotations[PodLabels.OutcomeChecks] = checks;
            if (PayloadSecret.WithPlacement(secret, launch.Runner.Placement) is { } noted)
            {
                await cluster.SetSecretValuesAsync(secret.Metadata.Name, noted, cancellationToken);
            }

            // An earlier try may have made a pod, too, of which the answer was lost.
            if (checks == PayloadSecret.ReadOutcomeChecks(draft) && await UseWarmAsync(launch, placement, features, secret, cancellationToken) is { } used)
            {
                subscription.Dispose();
                return used;
            }

            pod = await cluster.CreatePodAsync(pod, cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsLackOfRights(error))
        {
            subscription.Dispose();
            throw new OperatorException(error.Message, error);
        }
        catch (InfrastructureException error) when (ApiErrors.IsRefusal(error) && !error.IsLackOfRoom)
        {
            subscription.Dispose();
            logger.PodRefused(launch.JobId, secret.Metadata.Name, error.Message);
            await cluster.DeleteSecretAsync(secret.Metadata.Name, cancellationToken);
            return new LaunchedPod.Refused(secret.Metadata.Name, error.Message);
        }
        catch (InfrastructureException error) when (error.IsLackOfRoom)
        {
            subscription.Dispose();
            room.Look();
            await warm.GiveWayAsync(cancellationToken);
            throw;
        }
        catch
        {
            subscription.Dispose();
            room.Look();
            throw;
        }

        room.Made(pod);
        logger.PodCreated(launch.JobId, pod.Metadata.Name);
        return new LaunchedPod.Made(pod, PayloadSecret.ReadLinkKey(secret), subscription);
    }

    /// <summary>Makes the pod the owner of its Secret, for the case that nobody is left to remove it. The job runs without that.</summary>
    public async Task OwnSecretAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.OwnSecretAsync(pod, cancellationToken);
        }
        catch (InfrastructureException error)
        {
            logger.SecretNotOwned(pod.Metadata.Name, error.Message);
        }
    }

    private async Task<LaunchedPod.Made?> UseWarmAsync(
        JobLaunch launch, PodPlacement placement, ClusterFeatures features, V1Secret secret, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostWarm && warm.Take(launch, placement, features) is { } waiting; tries++)
        {
            if (await warm.ClaimAsync(waiting, launch, secret, cancellationToken) is not { } pod)
            {
                continue; // gone, or changed by somebody
            }

            logger.WarmPodGiven(launch.JobId, pod.Metadata.Name);
            var subscription = watch.Open(pod.Metadata.Name);
            switch (await handover.GiveAsync(pod, launch.JobId, secret, cancellationToken))
            {
                case false:
                    subscription.Dispose();
                    await warm.RemoveAsync(pod.Metadata.Name, cancellationToken);
                    continue;
                case null:
                    // Perhaps it runs, so no other may: its end is that of a pod that was deleted.
                    await warm.RemoveAsync(pod.Metadata.Name, cancellationToken);
                    break;
            }

            return new LaunchedPod.Made(pod, PayloadSecret.ReadLinkKey(secret), subscription);
        }

        return null;
    }

    private LaunchPayload Payload(JobLaunch launch, PodPlacement placement, IEnumerable<string> warnings, string podName) =>
        PayloadBuilder.Build(launch, PodPaths.Work, time.GetUtcNow()) with
        {
            Runner = launch.Runner with { MachineName = podName, Placement = [.. placement.Describe(), .. warnings.Select(warning => $"Warning: {warning}"), .. launch.Runner.Placement] },
            Environment = PodHooks.Environment(options.Hooks, placement).SetItems(launch.ContainerEnvironment),
            Forwards = PodPorts.Forwards(launch.Containers.Services),
            Containers = ServicePods.Placed(launch, podName),
            Hold = launch.Hold is { } hold ? hold with { Enter = PodEntry.Command(options, podName) } : null,
            OutcomeKey = OutcomeProof.NewKey().Reveal(),
            LinkKey = LinkNeeds.AreIn(launch) ? LinkKey.New().Reveal() : null,
        };
}

/// <summary>What became of the launch of a pod.</summary>
internal abstract record LaunchedPod
{
    private LaunchedPod()
    {
    }

    /// <summary>It is there.</summary>
    /// <param name="Pod">The pod as made.</param>
    /// <param name="LinkKey">Key of its worker's requests, or <c>null</c>.</param>
    /// <param name="Subscription">News of it; whoever gets it disposes it.</param>
    public sealed record Made(V1Pod Pod, Secret? LinkKey, PodSubscription Subscription) : LaunchedPod;

    /// <summary>The API server would not have it.</summary>
    /// <param name="PodName">The name it would have had.</param>
    /// <param name="Why">The API server's words.</param>
    public sealed record Refused(string PodName, string Why) : LaunchedPod;
}
