using k8s.Models;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Kubernetes.Link;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>The pod of a job. News of it come from the shared watch; each is judged, and so is the passing of a deadline.</summary>
internal sealed class PodSite : IJobSite
{
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(10);

    private readonly JobId _job;
    private readonly PodLink? _link;
    private readonly IDisposable _subscription;
    private readonly PodContext _context;
    private readonly PodCanceller _canceller;
    private readonly TaskCompletionSource<(JobEnd End, TimeSpan? Grace)> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private V1Pod _pod;
    private bool _isGone;
    private bool _isClosed;
    private DateTimeOffset? _startFailingSince;
    private StartObstacle? _obstacle;
    private JobLifetime? _life;
    private Task? _releasing;
    private Task? _explaining;
    private Task? _linkClosing;

    /// <summary>A pod that is made.</summary>
    /// <param name="job">Which job.</param>
    /// <param name="pod">The pod as made, or as claimed.</param>
    /// <param name="link">The way to its worker, or <c>null</c>: none is needed. Ends with the site.</param>
    /// <param name="subscription">Ends with the site.</param>
    /// <param name="context">What it needs of its backend.</param>
    public PodSite(JobId job, V1Pod pod, PodLink? link, IDisposable subscription, PodContext context)
    {
        _job = job;
        _pod = pod;
        _link = link;
        _subscription = subscription;
        _context = context;
        _canceller = new PodCanceller(context, job, Location);
        _timer = context.Time.CreateTimer(_ => JudgeNow(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Location => _pod.Metadata.Name;

    public IAsyncEnumerable<WorkerEvent> Events => _link?.Events ?? AsyncEnumerable.Empty<WorkerEvent>();

    public async Task<JobEnd> RunAsync(JobLifetime life, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _life = life;
        }

        JudgeNow();
        var (end, grace) = await _verdict.Task.WaitAsync(cancellationToken);
        return await FinishAsync(end, grace, life);
    }

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

        if (!isGone && OwnerOf(pod) is { } owner && owner != _context.Owner)
        {
            _context.Logger.PodLostToAgent(_job, Location, owner);
            _life?.Release();
            return;
        }

        JudgeNow();
    }

    public Task<bool> AskToCancelAsync(TimeSpan grace, int earlierTries, CancellationToken cancellationToken)
    {
        if (_verdict.Task.IsCompleted)
        {
            return Task.FromResult(true);
        }

        return earlierTries == 0
            ? _canceller.AskAsync(() => _pod, _verdict.Task, grace, cancellationToken)
            : _canceller.AskAgainAsync(earlierTries, _life?.HasStarted == true, grace, cancellationToken);
    }

    // The pod of a job that is over stays until its log is read.
    public Task KillAsync(CancellationToken cancellationToken) =>
        _verdict.Task.IsCompleted ? Task.CompletedTask : _canceller.KillAsync(cancellationToken);

    public async Task RemoveAsync(JobLifetime life, CancellationToken cancellationToken)
    {
        Close();
        await Task.WhenAll(_releasing ?? Task.CompletedTask, _explaining ?? Task.CompletedTask);
        var end = _verdict.Task.IsCompleted ? await life.Ended.WaitAsync(cancellationToken) : null;

        // Together: what still runs for a request of the worker ends with the pod at the latest.
        await Task.WhenAll(CloseLinkAsync(), _context.Finished.RemoveAsync(_pod, end, cancellationToken));
    }

    public async Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken) =>
        await _context.Cluster.Streams.OpenExecAsync(Location, LiveLog.Command(PodPaths.Worker, follows, last), cancellationToken);

    public void LetGo()
    {
        _link?.LetGo();
        Close();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_releasing ?? Task.CompletedTask, _explaining ?? Task.CompletedTask);
        await CloseLinkAsync();
        await _timer.DisposeAsync();
    }

    private static string? OwnerOf(V1Pod pod) =>
        pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(PodLabels.Owner, out var owner) ? owner : null;

    private void JudgeNow()
    {
        lock (_gate)
        {
            if (_life is not { } life || _isClosed || _verdict.Task.IsCompleted)
            {
                return;
            }

            var now = _context.Time.GetUtcNow();
            _obstacle = StartObstacle.First(_pod)?.MoreTelling(_obstacle);
            var sighting = new PodSighting { Pod = _pod, IsGone = _isGone, Now = now, StartFailingSince = _startFailingSince, Obstacle = _obstacle };
            switch (_context.Judge.Judge(sighting))
            {
                case PodVerdict.Waiting waiting:
                    _startFailingSince = waiting.IsStartFailing ? _startFailingSince ?? now : null;
                    JudgeAgain(waiting.JudgeAgainAt, now);
                    break;
                case PodVerdict.Running running:
                    MarkStarted(life, running.Times);
                    ExplainRemoval(life);
                    JudgeAgain(running.JudgeAgainAt ?? AttendServices(running.Services, life, now), now);
                    break;
                case PodVerdict.Over over:
                    _verdict.SetResult((over.End, life.Grace));
                    break;
            }
        }
    }

    // Not of a pod that we take away ourselves: its job was cancelled. Nor before the kubelet has told it: an eviction may come to nothing.
    private void ExplainRemoval(JobLifetime life)
    {
        if (_explaining is null && life.Grace is null && _pod.Metadata.DeletionTimestamp is not null && PodFailures.Removal(_pod) is { } removal)
        {
            _explaining = new PodWord(_context, _job, Location).ExplainRemovalAsync(removal.Message, life.Settled);
        }
    }

    // Gives when to look at them again, or null: there is nothing more to look at.
    private DateTimeOffset? AttendServices(ServiceReadiness? services, JobLifetime life, DateTimeOffset now)
    {
        if (services is null || _releasing is not null)
        {
            return null;
        }

        var waiting = services as ServiceReadiness.Waiting;
        _startFailingSince = waiting?.IsStartFailing == true ? _startFailingSince ?? now : null;
        if (waiting is null)
        {
            _releasing = new PodWord(_context, _job, Location).ReleaseAsync(services, life.Settled);
        }

        return waiting?.JudgeAgainAt;
    }

    private void JudgeAgain(DateTimeOffset? at, DateTimeOffset now)
    {
        // A little later than the moment itself: a timer that fires early would find nothing changed.
        var delay = at is { } moment ? moment - now + TimeSpan.FromMilliseconds(10) : Timeout.InfiniteTimeSpan;
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private void MarkStarted(JobLifetime life, LaunchTimes times)
    {
        if (life.MarkStarted(times))
        {
            _link?.Begin();
            _context.Logger.WorkerRuns(_job, Location, times.ContainersStarted);
        }
    }

    private async Task<JobEnd> FinishAsync(JobEnd end, TimeSpan? grace, JobLifetime life)
    {
        // The last news of a pod that is gone may have lost what earlier ones told, and a job that began must not be launched again.
        end = end with { WorkerStarted = end.WorkerStarted || life.HasStarted };
        if (end.Failure is FailureReason.WorkerDied)
        {
            end = end with { Message = await AddLogTailAsync(end) };
        }

        if (end.Outcome is null && grace is { } given)
        {
            // What the kubelet says of a container that the cancel kept from starting (a set-up that was killed, say) is no fault of the place.
            end = end.WorkerStarted
                ? end with { Message = $"The worker did not end within {PodMessages.Duration(given)} after the job was cancelled and was killed" }
                : end with { Failure = FailureReason.Deleted, IsPlaceAtFault = false, Message = "The job was cancelled before its worker started" };
        }

        if (end.WorkerStarted)
        {
            MarkStarted(life, end.Times);
        }

        end = await ReadToEndAsync(end);
        _context.Logger.PodEnded(_job, Location, end.Outcome?.Conclusion.ToString() ?? end.Failure.ToString());
        return end;
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
        using var limit = new CancellationTokenSource(LogLimit, _context.Time);
        try
        {
            var tail = await _context.Cluster.Streams.ReadLogTailAsync(Location, ContainerNames.Job, limit.Token);
            return tail.Length == 0 ? message : $"{message}. The last it printed:\n{tail}";
        }
        catch (OperationCanceledException)
        {
            return message;
        }
    }

    private Task CloseLinkAsync() => _linkClosing ??= _link?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _subscription.Dispose();
        _link?.Abandon();
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
