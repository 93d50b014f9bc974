using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Link;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Security;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Status;
using Runner.Kubernetes.Watch;

namespace Runner.Kubernetes.Actions;

/// <summary>What container actions need of their backend.</summary>
internal sealed record ActionContext(
    JobCluster Cluster, PodWatch Watch, KubernetesOptions Options, ClusterFeatures Features, TimeProvider Time, ILogger Logger);

/// <summary>Runs container actions beside a job, each as a container that is added to the job's pod.</summary>
/// <remarks>
/// <list type="number">
/// <item>Its variables go into the job's Secret, and the container to the pod; the node pulls the image and starts it.</item>
/// <item>Once it has started, or failed to, the variables are removed.</item>
/// <item>What it prints goes to the worker; how it ended, the pod's status says.</item>
/// <item>A cancel is told as GitHub's runner tells a process. A container that did not start by then cannot start any more without its
/// variables. None can be taken out of the pod: it goes with it.</item>
/// </list>
/// The same request taken up again, by an agent that adopted the job, finds its container by its name and goes on.
/// </remarks>
internal sealed class PodActions(JobId jobId, V1Pod pod, ActionContext services) : IWorkerRequestHandler
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(26); // the worker waits for 30 s
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LateStartLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    // The name alone: the watch knows the rest, and gives it when a request comes.
    private readonly V1Pod _seen = new() { Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty } };
    private readonly string _pod = pod.Metadata.Name;
    private readonly string _secret = PodLabels.SecretOf(pod.Metadata);
    private readonly PodSecurityLevel _level = JobSecurity.LevelOf(pod, services.Options);

    /// <inheritdoc/>
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        var asked = request as ContainerRequest ?? throw new InfrastructureException($"A request '{request.Kind}' asks for no container");
        var container = ActionPodContainer.Build(asked, ImageOf(asked), exchange.RequestId, secretName: _secret, services.Options, _level);
        var output = new ActionOutput(exchange.Output, exchange.Received);
        using var watch = new ActionWatch(services.Watch, _seen, container.Name, services.Options.Start, services.Time);
        await ReportAsync(container, output, cancellationToken);
        return await StartAsync(container, watch, cancellationToken) switch
        {
            ActionState.Ended { How: var how } when StartFailures.Is(how) =>
                throw new WorkflowException($"The container cannot be started: {how.Message?.Trim() ?? how.Reason}"), // no such program, as a rule
            _ => await FollowAsync(container, watch, output, cancellationToken),
        };
    }

    private string ImageOf(ContainerRequest request)
    {
        if (!services.Features.HasEphemeralContainers)
        {
            throw new WorkflowException(
                $"The cluster's version is {services.Features.Version}; container actions need Kubernetes 1.25. Use an action of another kind, or run the job on the backend docker");
        }

        return request.Source switch
        {
            ContainerImage source => source.Image,
            ContainerBuild source => throw new WorkflowException(
                $"'{source.Context}/{source.Dockerfile}' has to be built, and a pod has no engine for that: publish the image and name it (image: docker://…), or run the job on the backend docker"),
            var other => throw new InfrastructureException($"A container cannot be made from {other.GetType().Name} by this version"),
        };
    }

    private async Task ReportAsync(ActionPodContainer container, ActionOutput output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"Image '{container.Spec.Image}' runs as container '{container.Name}' of pod '{_pod}'", cancellationToken);
        if (!container.LeftOut.IsEmpty)
        {
            var names = string.Join(", ", container.LeftOut.Select(name => $"'{name}'"));
            await output.WriteLineAsync($"##[warning]The container lacks variables whose names Kubernetes does not take: {names}", cancellationToken);
        }
    }

    // Steps 1 and 2
    private async Task<ActionState> StartAsync(ActionPodContainer container, ActionWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            return await AskForItAsync(container, watch, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(container, watch);
            throw;
        }
    }

    private async Task<ActionState> AskForItAsync(ActionPodContainer container, ActionWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            if (!watch.IsThere)
            {
                await services.Cluster.SetSecretValuesAsync(_secret, container.Values.ToDictionary(value => value.Key, value => (byte[]?)value.Value), cancellationToken);
                await services.Cluster.AddContainerAsync(_pod, container.Spec, cancellationToken);
            }

            return await watch.StartedAsync(cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsRefusal(error) || error.StatusCode == (int)HttpStatusCode.RequestEntityTooLarge)
        {
            throw new WorkflowException($"The cluster refused the action's container: {error.Message}", error); // no right to, a policy, or too large
        }
        finally
        {
            await CleanUpAsync(token => services.Cluster.SetSecretValuesAsync(_secret, container.Values.ToDictionary(value => value.Key, _ => (byte[]?)null), token));
        }
    }

    // Step 3
    private async Task<RequestResult> FollowAsync(ActionPodContainer container, ActionWatch watch, ActionOutput output, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource();
        using var unread = new CancellationTokenSource();
        var log = new FollowedLog(
            jobId, token => services.Cluster.Streams.FollowLogAsync(_pod, container.Name, token), output, services.Time, services.Logger);
        var following = log.FollowAsync(over.Token, unread.Token);
        try
        {
            var end = await watch.EndedAsync(cancellationToken);
            await over.CancelAsync();
            await following.WaitAsync(cancellationToken);
            return new ContainerEnded { ExitCode = end.ExitCode, Message = PodMessages.ActionEnded(end) };
        }
        catch (OperationCanceledException)
        {
            await StopAsync(container, watch); // what it prints at that is still passed on
            await over.CancelAsync();
            await StopSignals.EndsWithinAsync(LastWordsLimit, following.WaitAsync, services.Time, CancellationToken.None);
            throw;
        }
        finally
        {
            await unread.CancelAsync();
            await following.ContinueWith(_ => { }, TaskScheduler.Default); // what went wrong is on its way already
        }
    }

    // Step 4
    private Task StopAsync(ActionPodContainer container, ActionWatch watch) => CleanUpAsync(async token =>
    {
        string? problem = null;
        if (!await RunsAsync(watch, token) || await StopSignals.SendAsync(SignalAsync, watch.EndedAsync, services.Time, token))
        {
            return;
        }

        await SignalAsync("KILL", token);
        if (!await StopSignals.EndsWithinAsync(KillLimit, watch.EndedAsync, services.Time, token))
        {
            throw new InfrastructureException($"container {container.Name} does not end ({problem ?? "it was killed, and its node does not say so"})");
        }

        async Task SignalAsync(string signal, CancellationToken stop)
        {
            try
            {
                var exitCode = await services.Cluster.Streams.ExecAsync(
                    _pod, container.Name, [ActionVolumes.Worker, "signal", "--name", signal], ReadOnlyMemory<byte>.Empty, stop);
                problem = exitCode == 0 ? null : $"runner-worker signal {ExitText.Of(exitCode)}";
            }
            catch (InfrastructureException error)
            {
                problem = error.Message; // the next signal may get through
            }
        }
    });

    // The node may have read the variables before they were removed.
    private async Task<bool> RunsAsync(ActionWatch watch, CancellationToken cancellationToken)
    {
        var runs = false;
        try
        {
            await StopSignals.EndsWithinAsync(
                LateStartLimit, async token => runs = await watch.StartedAsync(token) is ActionState.Running, services.Time, cancellationToken);
        }
        catch (WorkflowException)
        {
            runs = false; // it cannot be started
        }

        return runs;
    }

    // It takes a token of its own, since the request's may be the reason for it. What is not cleaned up here goes with the job.
    private async Task CleanUpAsync(Func<CancellationToken, Task> cleanUp)
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, services.Time);
        try
        {
            await cleanUp(limit.Token);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            services.Logger.ActionNotCleanedUp(jobId, _pod, failure.Message);
        }
    }
}
