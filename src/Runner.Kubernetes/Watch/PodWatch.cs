using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Watch;

/// <summary>A watch on all pods of a kind in the namespace. However many jobs run, the API server has one connection to feed.</summary>
/// <remarks>
/// 1. List once, tell every subscriber, remember the resource version.
/// 2. Watch from there; bookmarks move the version on. A connection that ends is taken up from the last version, so no event is lost.
/// 3. Where the API server no longer knows the version (410), list again; who subscribed before and is not in the list is gone.
/// Source: Kubernetes API concepts, "Efficient detection of changes".
/// </remarks>
internal sealed class PodWatch(JobCluster cluster, string selector, TimeProvider time, ILogger logger, string name = "watch on pods")
{
    // The API server ends a watch by itself after this long; a connection that is dead without a word is noticed a margin later.
    private static readonly TimeSpan WatchLength = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan DeadMargin = TimeSpan.FromSeconds(30);

    // A watch that lived this long was a good one: its end is no failure to back off from.
    private static readonly TimeSpan GoodLength = TimeSpan.FromSeconds(5);

    /// <summary>How the watch goes.</summary>
    public LoopPulse Pulse { get; } = new(name, WatchLength + (4 * DeadMargin), time);

    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableList<PodSubscription>> _subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, V1Pod> _pods = new(StringComparer.Ordinal);
    private readonly ResiliencePipeline _backoff = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<InfrastructureException>(),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(20),
            OnRetry = retry =>
            {
                logger.WatchFailed(
                    retry.AttemptNumber + 1, retry.RetryDelay.TotalSeconds, retry.Outcome.Exception?.Message ?? string.Empty);
                return default;
            },
        })
        .Build();

    private string? _resourceVersion;
    private long _lists;

    /// <summary>Called after each change of <see cref="Pods"/>; must be quick and must not throw.</summary>
    public Action? Changed { get; init; }

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.Register(Pulse.Stop);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _backoff.ExecuteAsync(async token => await TurnAsync(token), cancellationToken);
        }
    }

    /// <summary>Whether the pods were seen at all.</summary>
    public bool HasListed => _listed.Task.IsCompleted;

    /// <summary>The pods as last seen.</summary>
    public IReadOnlyList<V1Pod> Pods
    {
        get
        {
            lock (_gate)
            {
                return [.. _pods.Values];
            }
        }
    }

    /// <summary>The same, once they were seen at all.</summary>
    public async Task<IReadOnlyList<V1Pod>> SnapshotAsync(CancellationToken cancellationToken)
    {
        await _listed.Task.WaitAsync(cancellationToken);
        return Pods;
    }

    /// <summary>Opens a subscription for a pod that is there or is about to be made.</summary>
    public PodSubscription Open(string podName)
    {
        var subscription = new PodSubscription(this, podName);
        lock (_gate)
        {
            _subscriptions[podName] = Of(podName).Add(subscription);
        }

        return subscription;
    }

    /// <summary>Lets a subscription take its observer, and gives what is known of its pod.</summary>
    internal (V1Pod Pod, bool IsGone)? Attach(PodSubscription subscription, Action<long> take)
    {
        lock (_gate)
        {
            take(Volatile.Read(ref _lists));
            return subscription.Missed ?? (_pods.TryGetValue(subscription.PodName, out var pod) ? (pod, false) : null);
        }
    }

    /// <summary>Ends a subscription.</summary>
    internal void Close(PodSubscription subscription)
    {
        lock (_gate)
        {
            var left = Of(subscription.PodName).Remove(subscription);
            if (left.IsEmpty)
            {
                _subscriptions.Remove(subscription.PodName);
            }
            else
            {
                _subscriptions[subscription.PodName] = left;
            }
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FollowAsync(cancellationToken);
        }
        catch (InfrastructureException error)
        {
            Pulse.Fail(error.Message);
            throw;
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        _resourceVersion ??= await ListAsync(cancellationToken);
        Pulse.Turn();
        var start = time.GetTimestamp();
        try
        {
            await WatchAsync(_resourceVersion, cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsGone(error))
        {
            _resourceVersion = null;
        }
        catch (InfrastructureException error) when (time.GetElapsedTime(start) >= GoodLength)
        {
            logger.WatchCutOff(error.Message);
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        // Subscribers that come while the list is on its way are not judged by it.
        var list = Interlocked.Increment(ref _lists);
        var (pods, version) = await PodPages.ListAsync(cluster, selector, WatchedPods.Trim, cancellationToken);
        var present = pods.ToDictionary(pod => pod.Metadata.Name, StringComparer.Ordinal);
        List<(PodObserver Observer, V1Pod Last)> gone;
        lock (_gate)
        {
            gone =
            [
                .. from all in _subscriptions
                   where !present.ContainsKey(all.Key)
                   from subscription in all.Value
                   where subscription.List < list
                   let observer = subscription.Observer
                   where observer is not null
                   select (observer, _pods.GetValueOrDefault(all.Key) ?? Unknown(all.Key)),
            ];
            _pods.Clear();
        }

        logger.WatchListed(version, pods.Count);
        foreach (var pod in pods)
        {
            Notify(pod, isGone: false);
        }

        foreach (var (observer, last) in gone)
        {
            observer(last, true);
        }

        _listed.TrySetResult();
        Changed?.Invoke();
        return version;
    }

    private async Task WatchAsync(string from, CancellationToken cancellationToken)
    {
        using var dead = new CancellationTokenSource(WatchLength + DeadMargin, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(dead.Token, cancellationToken);
        Exception? failure = null;
        try
        {
            // The client gives errors within the stream (an expired version, an event it cannot read) to onError only, and reads on.
            var events = cluster.Core.WatchListNamespacedPodAsync(
                cluster.Namespace,
                labelSelector: selector,
                resourceVersion: from,
                allowWatchBookmarks: true,
                timeoutSeconds: (int)WatchLength.TotalSeconds,
                onError: exception => failure ??= exception,
                cancellationToken: linked.Token);
            await foreach (var (type, pod) in events)
            {
                if (failure is not null)
                {
                    break;
                }

                Take(type, pod);
            }
        }
        catch (Exception exception) when (ApiErrors.Translate(exception, "watch pods", cancellationToken) is { } error)
        {
            throw error;
        }

        if (failure is not null)
        {
            _resourceVersion = null; // an event is lost, or the version: only a list tells what is true now
            var status = (failure as KubernetesException)?.Status?.Code;
            throw new InfrastructureException($"watch pods: {failure.Message}", failure) { StatusCode = status };
        }
    }

    private void Take(WatchEventType type, V1Pod pod)
    {
        Pulse.Turn();
        _resourceVersion = pod.Metadata?.ResourceVersion ?? _resourceVersion;
        if (type is WatchEventType.Added or WatchEventType.Modified or WatchEventType.Deleted)
        {
            Notify(WatchedPods.Trim(pod), isGone: type == WatchEventType.Deleted);
        }
    }

    private void Notify(V1Pod pod, bool isGone)
    {
        ImmutableList<PodSubscription> subscriptions;
        lock (_gate)
        {
            subscriptions = Of(pod.Metadata.Name);
            foreach (var subscription in subscriptions.Where(subscription => subscription.Observer is null))
            {
                subscription.Missed = (pod, isGone);
            }

            if (isGone)
            {
                _pods.Remove(pod.Metadata.Name);
            }
            else
            {
                _pods[pod.Metadata.Name] = pod;
            }
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Observer?.Invoke(pod, isGone);
        }

        Changed?.Invoke();
    }

    private ImmutableList<PodSubscription> Of(string podName) => _subscriptions.GetValueOrDefault(podName, []);

    private V1Pod Unknown(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = cluster.Namespace },
        Status = new V1PodStatus(),
    };
}
