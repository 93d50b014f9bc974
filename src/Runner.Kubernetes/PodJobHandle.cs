using k8s.Models;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Kubernetes.Link;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>A job in its pod. News of the pod come from the shared watch; each is judged, and so is the passing of a deadline.</summary>
internal sealed class PodJobHandle : IJobHandle
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(10);

    private readonly PodLink? _link;
    private readonly IDisposable _subscription;
    private readonly PodContext _services;
    private readonly Action<PodJobHandle> _forget;
    private readonly TaskCompletionSource<LaunchTimes> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JobEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private V1Pod _pod;
    private bool _isGone;
    private bool _isJudged;
    private bool _isReleased;
    private DateTimeOffset? _startFailingSince;
    private StartObstacle? _obstacle;
    private PodCanceller? _canceller;
    private Task _finishing = Task.CompletedTask;
    private Task _killing = Task.CompletedTask;
    private Task? _releasing;
    private Task? _explaining;

    /// <summary>A handle on a pod that is made.</summary>
    /// <param name="launch">What was launched.</param>
    /// <param name="pod">The pod as made, or as claimed.</param>
    /// <param name="link">The way to its worker, or <c>null</c>: none is needed. Ends with the handle.</param>
    /// <param name="subscription">Ends with the handle.</param>
    /// <param name="services">What it needs of its backend.</param>
    /// <param name="forget">Called when it lets go of the job.</param>
    public PodJobHandle(
        JobLaunch launch, V1Pod pod, PodLink? link, IDisposable subscription, PodContext services, Action<PodJobHandle> forget)
    {
        Launch = launch;
        _pod = pod;
        _link = link;
        _subscription = subscription;
        _services = services;
        _forget = forget;
        _timer = services.Time.CreateTimer(_ => JudgeNow(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public JobId JobId => Launch.JobId;

    public JobLaunch Launch { get; }

    public string Place => _pod.Metadata.Name;

    public Task<LaunchTimes> Started => _started.Task;

    public Task<JobEnd> Ended => _ended.Task;

    public IAsyncEnumerable<WorkerEvent> Events => _link?.Events ?? AsyncEnumerable.Empty<WorkerEvent>();

    /// <summary>Takes news of the pod.</summary>
    public void Observe(V1Pod pod, bool isGone)
    {
        lock (_gate)
        {
            // What is told may be older than what creating or claiming the pod answered, or the name alone of a pod that is gone.
            if (!PodTimes.IsOlder(pod, _pod))
            {
                _pod = pod;
            }

            _isGone |= isGone;
            pod = _pod;
        }

        if (!isGone && OwnerOf(pod) is { } owner && owner != _services.Owner)
        {
            _services.Logger.PodLostToAgent(JobId, Place, owner);
            Release();
            return;
        }

        JudgeNow();
    }

    public async Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        var canceller = new PodCanceller(_services, JobId, Place, grace);
        lock (_gate)
        {
            if (_isJudged || _isReleased || _canceller is not null)
            {
                return;
            }

            _canceller = canceller;
        }

        try
        {
            await canceller.AskAsync(() => _pod, _ended.Task, cancellationToken);
        }
        catch
        {
            _canceller = null; // the caller tries again
            throw;
        }

        _killing = canceller.SeeToEndAsync(() => _started.Task.IsCompletedSuccessfully, _over.Token);
    }

    public void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
        }

        _link?.LetGo();
        Close();
        _started.TrySetCanceled();
        _ended.TrySetCanceled();
    }

    public async ValueTask DisposeAsync()
    {
        bool isReleased;
        lock (_gate)
        {
            isReleased = _isReleased;
            _isReleased = true;
        }

        Close();
        await Task.WhenAll(_finishing, _killing, _releasing ?? Task.CompletedTask, _explaining ?? Task.CompletedTask);

        // Together: what still runs for a request of the worker ends with the pod at the latest.
        await Task.WhenAll(_link?.DisposeAsync().AsTask() ?? Task.CompletedTask, isReleased ? Task.CompletedTask : CleanUpAsync());
        if (!isReleased)
        {
            _started.TrySetCanceled();
            _ended.TrySetResult(new JobEnd { Failure = FailureReason.Deleted, Message = "The job was stopped", Times = PodTimes.Of(_pod) });
        }

        await _timer.DisposeAsync();
    }

    private static string? OwnerOf(V1Pod pod) =>
        pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(PodLabels.Owner, out var owner) ? owner : null;

    private void JudgeNow()
    {
        lock (_gate)
        {
            if (_isJudged || _isReleased)
            {
                return;
            }

            var now = _services.Time.GetUtcNow();
            _obstacle = StartObstacle.First(_pod)?.MoreTelling(_obstacle);
            var sighting = new PodSighting { Pod = _pod, IsGone = _isGone, Now = now, StartFailingSince = _startFailingSince, Obstacle = _obstacle };
            switch (_services.Judge.Judge(sighting))
            {
                case PodVerdict.Waiting waiting:
                    _startFailingSince = waiting.IsStartFailing ? _startFailingSince ?? now : null;
                    JudgeAgain(waiting.JudgeAgainAt, now);
                    break;
                case PodVerdict.Running running:
                    MarkStarted(running.Times);
                    ExplainRemoval();
                    JudgeAgain(running.JudgeAgainAt ?? AttendServices(running.Services, now), now);
                    break;
                case PodVerdict.Over over:
                    _isJudged = true;
                    _finishing = FinishAsync(over.End);
                    break;
            }
        }
    }

    // Not of a pod that we take away ourselves: its job was cancelled. Nor before the kubelet has told it: an eviction may come to nothing.
    private void ExplainRemoval()
    {
        if (_explaining is null && _canceller is null && _pod.Metadata.DeletionTimestamp is not null && PodFailures.Removal(_pod) is { } removal)
        {
            _explaining = new PodWord(_services, JobId, Place).ExplainRemovalAsync(removal.Message, _over.Token);
        }
    }

    // Gives when to look at them again, or null: there is nothing more to look at.
    private DateTimeOffset? AttendServices(ServiceReadiness? services, DateTimeOffset now)
    {
        if (services is null || _releasing is not null)
        {
            return null;
        }

        var waiting = services as ServiceReadiness.Waiting;
        _startFailingSince = waiting?.IsStartFailing == true ? _startFailingSince ?? now : null;
        if (waiting is null)
        {
            _releasing = new PodWord(_services, JobId, Place).ReleaseAsync(services, _over.Token);
        }

        return waiting?.JudgeAgainAt;
    }

    private void JudgeAgain(DateTimeOffset? at, DateTimeOffset now)
    {
        // A little later than the moment itself: a timer that fires early would find nothing changed.
        var delay = at is { } moment ? moment - now + TimeSpan.FromMilliseconds(10) : Timeout.InfiniteTimeSpan;
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private void MarkStarted(LaunchTimes times)
    {
        if (_started.TrySetResult(times))
        {
            _link?.Begin();
            _services.Logger.WorkerRuns(JobId, Place, times.ContainersStarted);
        }
    }

    private async Task FinishAsync(JobEnd end)
    {
        // The last news of a pod that is gone may have lost what earlier ones told, and a job that began must not be launched again.
        end = end with { WorkerStarted = end.WorkerStarted || _started.Task.IsCompletedSuccessfully };
        if (end.Failure is FailureReason.WorkerDied)
        {
            end = end with { Message = await AddLogTailAsync(end) };
        }

        if (end.Outcome is null && _canceller is { Grace: var grace })
        {
            // What the kubelet says of a container that the cancel kept from starting (a set-up that was killed, say) is no fault of the place.
            end = end.WorkerStarted
                ? end with { Message = $"The worker did not end within {PodMessages.Duration(grace)} after the job was cancelled and was killed" }
                : end with { Failure = FailureReason.Deleted, IsPlaceAtFault = false, Message = "The job was cancelled before its worker started" };
        }

        if (end.WorkerStarted)
        {
            MarkStarted(end.Times);
        }

        _started.TrySetCanceled();
        end = await ReadToEndAsync(end);
        _services.Logger.PodEnded(JobId, Place, end.Outcome?.Conclusion.ToString() ?? end.Failure.ToString());
        _ended.TrySetResult(end);
        await _over.CancelAsync();
    }

    // The pod stays until then: its log goes with it.
    private async Task<JobEnd> ReadToEndAsync(JobEnd end)
    {
        if (_link is null)
        {
            return end;
        }

        await _link.CompleteAsync();
        return _link.Loss is { } loss && end.WorkerStarted
            ? end with { Message = end.Message is null ? loss : $"{end.Message}. {loss}" }
            : end;
    }

    private async Task<string?> AddLogTailAsync(JobEnd end)
    {
        var message = end.Message;
        using var limit = new CancellationTokenSource(LogLimit, _services.Time);
        try
        {
            var tail = await _services.Cluster.ReadLogTailAsync(Place, ContainerNames.Job, limit.Token);
            return tail.Length == 0 ? message : $"{message}. The last it printed:\n{tail}";
        }
        catch (OperationCanceledException)
        {
            return message;
        }
    }

    private void Close()
    {
        _subscription.Dispose();
        _forget(this);
        _link?.Abandon();
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _over.Cancel();
    }

    // The caller's own token may be the reason why it disposes, so this takes one of its own.
    private async Task CleanUpAsync()
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, _services.Time);
        try
        {
            var end = _ended.Task.IsCompletedSuccessfully ? await _ended.Task : null;
            await _services.Finished.RemoveAsync(_pod, end, limit.Token);
        }
        catch (Exception exception) when (exception is InfrastructureException or OperationCanceledException)
        {
            _services.Logger.PodNotRemoved(JobId, Place, exception.Message);
        }
    }
}
