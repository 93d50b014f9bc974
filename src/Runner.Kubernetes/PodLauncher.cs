using System.Collections.Concurrent;
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
    JobCluster cluster, PodWatch watch, ClusterRoom room, WarmPods warm, WarmLaunch warmLaunch, KubernetesOptions options, string owner, TimeProvider time, ILogger logger)
{
    private readonly PodSpecBuilder _builder = new(options);

    // Launches that are tried again: they have had their pod that waits, or there was none.
    private readonly ConcurrentDictionary<string, byte> _tried = new(StringComparer.Ordinal);

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
        var name = pod.Metadata.Name;
        var payload = Payload(launch, placement, warnings, name);
        var waiting = _tried.TryAdd(name, 0) ? warm.Take(launch, placement, features) : null;
        try
        {
            var secret = await KeepSecretAsync(launch, PayloadSecret.Build(launch, payload, owner, options, waiting?.Metadata.Name), cancellationToken);
            var taken = PodLabels.PodOf(secret.Metadata) == waiting?.Metadata.Name ? waiting : null; // of an earlier try, else
            if (PodLabels.PodOf(secret.Metadata) is { } named && await UseWarmAsync(named, taken, launch, secret, placement, cancellationToken) is { } used)
            {
                waiting = taken is null ? waiting : null;
                return used;
            }

            return await MakeAsync(launch, pod, secret, cancellationToken);
        }
        catch (WorkflowException)
        {
            _tried.TryRemove(name, out _);
            throw;
        }
        catch (InfrastructureException error) when (ApiErrors.IsLackOfRights(error))
        {
            throw new OperatorException(error.Message, error);
        }
        catch (InfrastructureException error) when (ApiErrors.IsRefusal(error) && !error.IsLackOfRoom)
        {
            logger.PodRefused(launch.JobId, name, error.Message);
            await cluster.DeleteSecretAsync(name, cancellationToken);
            _tried.TryRemove(name, out _);
            return new LaunchedPod.Refused(name, error.Message);
        }
        catch (InfrastructureException error) when (error.IsLackOfRoom)
        {
            room.Look();
            await warm.GiveWayAsync(cancellationToken);
            throw;
        }
        catch
        {
            room.Look();
            throw;
        }
        finally
        {
            if (waiting is not null)
            {
                warm.PutBack(launch.Pool, waiting); // if nobody has it by now, the next look shows it
            }
        }
    }

    /// <summary>The launch of a job is given up: removes what it may have left.</summary>
    public async Task ForgetAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        var name = PodNames.For(launch);
        _tried.TryRemove(name, out _);
        if (await cluster.FindSecretAsync(name, cancellationToken) is { } secret)
        {
            await warmLaunch.ForgetAsync(secret, launch, cancellationToken);
        }

        await cluster.DeletePodAsync(name, TimeSpan.Zero, cancellationToken); // one whose creation was not answered
        await cluster.DeleteSecretAsync(name, cancellationToken);
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

    // Of the Secret that stands, which an earlier try may have made, the worker gets its keys.
    private async Task<V1Secret> KeepSecretAsync(JobLaunch launch, V1Secret draft, CancellationToken cancellationToken)
    {
        var secret = await cluster.CreateSecretAsync(draft, cancellationToken);
        if (PayloadSecret.WithPlacement(secret, launch.Runner.Placement) is { } noted)
        {
            await cluster.SetSecretValuesAsync(secret.Metadata.Name, noted, cancellationToken);
        }

        return secret;
    }

    private async Task<LaunchedPod.Made?> UseWarmAsync(
        string name, V1Pod? taken, JobLaunch launch, V1Secret secret, PodPlacement placement, CancellationToken cancellationToken)
    {
        var subscription = watch.Open(name);
        try
        {
            if (await warmLaunch.LaunchAsync(name, taken, launch, secret, placement, cancellationToken) is { } pod)
            {
                return Made(launch, pod, secret, subscription);
            }
        }
        catch (InfrastructureException error) when (ApiErrors.IsRefusal(error))
        {
            subscription.Dispose();
            throw new InfrastructureException(error.Message, error); // of what was done with that pod: no word on a new one
        }
        catch
        {
            subscription.Dispose();
            throw;
        }

        subscription.Dispose();
        return null;
    }

    private async Task<LaunchedPod.Made> MakeAsync(JobLaunch launch, V1Pod pod, V1Secret secret, CancellationToken cancellationToken)
    {
        pod.Metadata.Annotations[PodLabels.OutcomeChecks] = PayloadSecret.ReadOutcomeChecks(secret);
        var subscription = watch.Open(pod.Metadata.Name);
        try
        {
            pod = await cluster.CreatePodAsync(pod, cancellationToken);
        }
        catch
        {
            subscription.Dispose();
            throw;
        }

        room.Made(pod);
        logger.PodCreated(launch.JobId, pod.Metadata.Name);
        return Made(launch, pod, secret, subscription);
    }

    private LaunchedPod.Made Made(JobLaunch launch, V1Pod pod, V1Secret secret, PodSubscription subscription)
    {
        _tried.TryRemove(PodNames.For(launch), out _);
        return new LaunchedPod.Made(pod, PayloadSecret.ReadLinkKey(secret), subscription);
    }

    private LaunchPayload Payload(JobLaunch launch, PodPlacement placement, IEnumerable<string> warnings, string podName) =>
        PayloadBuilder.Build(launch, PodPaths.Work, time.GetUtcNow()) with
        {
            Runner = launch.Runner with { MachineName = podName, Placement = [.. placement.Describe(), .. warnings.Select(warning => $"Warning: {warning}"), .. launch.Runner.Placement] },
            Environment = PodHooks.Environment(options.Hooks, placement).SetItems(launch.ContainerEnvironment),
            Forwards = PodPorts.Forwards(launch.Containers.Services),
            Containers = ServicePods.Placed(launch, podName),
            Hold = launch.Hold is { } hold ? hold with { Enter = PodEntry.Command(options, podName) } : null,
            OutcomeBytes = MessageShare.Of(launch, placement.PodTemplate),
            MirrorsLog = options.MirrorLogs,
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
