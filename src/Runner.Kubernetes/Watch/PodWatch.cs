using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;

namespace Runner.Kubernetes.Watch;

/// <summary>Tells what became of a pod: its new state, or that it is gone, with the last state seen.</summary>
internal delegate void PodObserver(V1Pod pod, bool isGone);

/// <summary>The one watch on all job pods of the namespace. However many jobs run, the API server has one connection to feed.</summary>
/// <remarks>
/// 1. List once, tell every subscriber, remember the resource version.
/// 2. Watch from there; bookmarks move the version on. A connection that ends is taken up from the last version, so no event is lost.
/// 3. Where the API server no longer knows the version (410), list again; who subscribed before and is not in the list is gone.
/// Source: Kubernetes API concepts, "Efficient detection of changes".
/// </remarks>
internal sealed class PodWatch(JobCluster cluster, string selector, TimeProvider time, ILogger logger)
{
    // The API server ends a watch by itself after this long; a connection that is dead without a word is noticed a margin later.
    private static readonly TimeSpan WatchLength = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan DeadMargin = TimeSpan.FromSeconds(30);

    // A watch that lived this long was a good one: its end is no failure to back off from.
    private static readonly TimeSpan GoodLength = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
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

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _backoff.ExecuteAsync(async token => await FollowAsync(token), cancellationToken);
        }
    }

    /// <summary>The pods as last seen, once they were seen at all.</summary>
    public async Task<IReadOnlyList<V1Pod>> SnapshotAsync(CancellationToken cancellationToken)
    {
        await _listed.Task.WaitAsync(cancellationToken);
        lock (_gate)
        {
            return [.. _pods.Values];
        }
    }

    /// <summary>
    /// Tells an observer of a pod from now on, and at once what is known of it. The observer must be quick and must not throw.
    /// </summary>
    /// <remarks>Subscribe once the pod is created: a pod that a later list lacks is taken for gone.</remarks>
    public IDisposable Subscribe(string podName, PodObserver observer)
    {
        V1Pod? known;
        var subscription = new Subscription(this, podName, observer, Volatile.Read(ref _lists));
        lock (_gate)
        {
            _subscriptions[podName] = subscription;
            known = _pods.GetValueOrDefault(podName);
        }

        if (known is not null)
        {
            observer(known, false);
        }

        return subscription;
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        _resourceVersion ??= await ListAsync(cancellationToken);
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
            logger.WatchFailed(0, 0, error.Message);
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        // Subscribers that come while the list is on its way are not judged by it.
        var list = Interlocked.Increment(ref _lists);
        var pods = await ApiCaller.CallOnceAsync(
            "list pods",
            token => cluster.Core.ListNamespacedPodAsync(cluster.Namespace, labelSelector: selector, cancellationToken: token),
            cancellationToken);
        var present = pods.Items.ToDictionary(pod => pod.Metadata.Name, StringComparer.Ordinal);
        List<(Subscription Subscription, V1Pod? Last)> gone;
        lock (_gate)
        {
            gone = [.. _subscriptions.Values
                .Where(subscription => subscription.List < list && !present.ContainsKey(subscription.PodName))
                .Select(subscription => (subscription, _pods.GetValueOrDefault(subscription.PodName)))];
            _pods.Clear();
        }

        logger.WatchListed(pods.Metadata.ResourceVersion, pods.Items.Count);
        foreach (var pod in pods.Items)
        {
            Tell(pod, isGone: false);
        }

        foreach (var (subscription, last) in gone)
        {
            subscription.Observer(last ?? Unknown(subscription.PodName), true);
        }

        _listed.TrySetResult();
        return pods.Metadata.ResourceVersion;
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
        _resourceVersion = pod.Metadata?.ResourceVersion ?? _resourceVersion;
        if (type is WatchEventType.Added or WatchEventType.Modified or WatchEventType.Deleted)
        {
            Tell(pod, isGone: type == WatchEventType.Deleted);
        }
    }

    private void Tell(V1Pod pod, bool isGone)
    {
        Subscription? subscription;
        lock (_gate)
        {
            _subscriptions.TryGetValue(pod.Metadata.Name, out subscription);
            if (isGone)
            {
                _pods.Remove(pod.Metadata.Name);
            }
            else
            {
                _pods[pod.Metadata.Name] = pod;
            }
        }

        subscription?.Observer(pod, isGone);
    }

    private V1Pod Unknown(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = cluster.Namespace },
        Status = new V1PodStatus(),
    };

    private sealed record Subscription(PodWatch Watch, string PodName, PodObserver Observer, long List) : IDisposable
    {
        public void Dispose()
        {
            lock (Watch._gate)
            {
                if (Watch._subscriptions.TryGetValue(PodName, out var current) && ReferenceEquals(current, this))
                {
                    Watch._subscriptions.Remove(PodName);
                }
            }
        }
    }
}
