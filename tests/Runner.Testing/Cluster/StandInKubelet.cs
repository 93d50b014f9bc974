using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Runner.Testing.Cluster;

/// <summary>Scheduler, kubelet and garbage collector: brings each pod through its stages, and takes away what belonged to what is gone.</summary>
internal sealed class StandInKubelet(ObjectStore store, IPodWork work, StandInClusterOptions options, TimeProvider time)
{
    private const int Nodes = 20;
    private const string PayloadKey = "payload.json";

    private static readonly TimeSpan MountRetry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _stops = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ends = new(StringComparer.Ordinal);
    private int _pods;

    /// <summary>Works until it is cancelled; nothing that it began goes on then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var changes = Channel.CreateUnbounded<ObjectChange>();
        store.Changed = change => changes.Writer.TryWrite(change);
        var tasks = new List<Task>();
        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken))
            {
                if (change.Kind == ResourceKind.Pods)
                {
                    await TakeAsync(change, tasks, cancellationToken);
                    tasks.RemoveAll(task => task.IsCompletedSuccessfully);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(tasks);
        }
    }

    private async Task TakeAsync(ObjectChange change, List<Task> tasks, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case { Old: null, New: { } pod }:
                tasks.Add(LiveAsync(pod, cancellationToken));
                break;
            case { New: null, Old: { } gone }:
                await StopAsync(gone.Uid);
                tasks.Add(CollectAsync(gone.Uid, cancellationToken));
                break;
            case { New: { IsDeleting: true } doomed }:
                await StopAsync(doomed.Uid);
                break;
        }
    }

    /// <summary>Completes when the containers of a pod have ended.</summary>
    public Task EndOf(string uid) => _ends.TryGetValue(uid, out var end) ? end.Task : Task.CompletedTask;

    private async Task StopAsync(string uid)
    {
        if (_stops.TryGetValue(uid, out var stop))
        {
            await stop.CancelAsync();
        }
    }

    private async Task LiveAsync(StoredObject pod, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stops[pod.Uid] = stop;
        _ends[pod.Uid] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var (code, message) = await StagesAsync(pod, stop.Token);
            Update(pod, tree => PodStatuses.End(tree, Now, code, message));
            if (store.Find(ResourceKind.Pods, pod.Name) is { IsDeleting: true } doomed && doomed.Uid == pod.Uid)
            {
                store.Remove(ResourceKind.Pods, pod.Name, pod.Uid);
            }
        }
        catch (ApiError)
        {
            // It is gone.
        }
        catch (OperationCanceledException)
        {
            // The cluster ends.
        }
        finally
        {
            _stops.TryRemove(pod.Uid, out _);
            if (_ends.TryRemove(pod.Uid, out var end))
            {
                end.SetResult();
            }
        }
    }

    private async Task<(int Code, string? Message)> StagesAsync(StoredObject pod, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(options.SchedulingTime, time, stopping);
            var node = string.Create(CultureInfo.InvariantCulture, $"node-{Interlocked.Increment(ref _pods) % Nodes}");
            store.Update(ResourceKind.Pods, pod.Name, tree => PodStatuses.Schedule(tree, node, Now), pod.Uid);
            await Task.Delay(options.StageTime, time, stopping);
            Update(pod, tree => PodStatuses.See(tree, Now));
            await Task.Delay(options.StageTime, time, stopping);
            var payload = await MountAsync(pod, stopping);
            Update(pod, tree => PodStatuses.SetUp(tree, Now));
            await Task.Delay(options.StageTime, time, stopping);
            Update(pod, tree => PodStatuses.Run(tree, Now));
            return await work.RunAsync(payload, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (143, null);
        }
    }

    // A pod waits for a Secret that it names and that is not there, as long as it takes.
    private async Task<ReadOnlyMemory<byte>> MountAsync(StoredObject pod, CancellationToken stopping)
    {
        var name = store.Read(pod, tree => (tree["spec"]!["volumes"] as JsonArray ?? [])
            .Select(volume => (string?)volume!["secret"]?["secretName"]).FirstOrDefault(secret => secret is not null))
            ?? throw ApiError.Invalid("Pod", pod.Name, "no volume of it is a Secret");
        while (true)
        {
            if (store.Find(ResourceKind.Secrets, name) is { } secret && store.Read(secret, tree => (string?)tree["data"]?[PayloadKey]) is { } data)
            {
                return Convert.FromBase64String(data);
            }

            await Task.Delay(MountRetry, time, stopping);
        }
    }

    private async Task CollectAsync(string owner, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(options.GarbageTime, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return; // the cluster ends
        }

        foreach (var orphan in store.List(ResourceKind.Secrets, LabelSelector.Parse(null)).Objects.Where(secret => secret.Owners.Contains(owner)))
        {
            try
            {
                store.Remove(ResourceKind.Secrets, orphan.Name, orphan.Uid);
            }
            catch (ApiError)
            {
                // Somebody else was faster.
            }
        }
    }

    private void Update(StoredObject pod, Action<JsonObject> change) => store.Update(
        ResourceKind.Pods,
        pod.Name,
        tree =>
        {
            change(tree);
            ManagedFields.Note(tree, "kubelet", Now, isStatus: true);
        },
        pod.Uid);

    private string Now => MetadataRules.At(time.GetUtcNow());
}
