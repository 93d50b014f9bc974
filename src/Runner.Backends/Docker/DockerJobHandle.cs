using Microsoft.Extensions.Logging;
using Runner.Backends.Host;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Backends.Docker;

/// <summary>A job in its containers.</summary>
internal sealed class DockerJobHandle : IJobHandle
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(60);

    private readonly DockerEngine _engine;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _forget;
    private readonly DateTimeOffset _created;
    private readonly CancellationTokenSource _preparing = new();
    private readonly CancellationTokenSource _released = new();
    private readonly TaskCompletionSource<LaunchTimes> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private string? _container;
    private TimeSpan? _grace;
    private TimeSpan? _graceThatPassed;
    private ITimer? _killTimer;
    private bool _isReleased;

    /// <summary>Begins to make the job's place.</summary>
    public DockerJobHandle(JobLaunch launch, DockerEngine engine, DockerPreparation preparation, Action forget, TimeProvider time, ILogger logger)
    {
        Launch = launch;
        _engine = engine;
        _forget = forget;
        _time = time;
        _logger = logger;
        _created = time.GetUtcNow();
        Ended = RunAsync(preparation);
    }

    public JobId JobId => Launch.JobId;

    public JobLaunch Launch { get; }

    public string Place => _container is { } id ? $"container {id[..Math.Min(12, id.Length)]}" : "container (being made)";

    public Task<LaunchTimes> Started => _started.Task;

    public Task<JobEnd> Ended { get; }

    public IAsyncEnumerable<WorkerEvent> Events => AsyncEnumerable.Empty<WorkerEvent>();

    public async Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_grace is not null || _isReleased || Ended.IsCompleted)
            {
                return;
            }

            _grace = grace;
        }

        if (_container is not { } id)
        {
            await _preparing.CancelAsync();
            return;
        }

        await _engine.SignalAsync(id, "SIGTERM", cancellationToken);
        _killTimer = _time.CreateTimer(_ => _ = KillAsync(id, grace), state: null, grace, Timeout.InfiniteTimeSpan);
    }

    public void Release()
    {
        _isReleased = true;
        _forget();
        _released.Cancel();
        _started.TrySetCanceled();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isReleased)
        {
            await _preparing.CancelAsync();
            await RemoveAsync();
            _forget();
        }

        if (_killTimer is { } timer)
        {
            await timer.DisposeAsync();
        }
    }

    private async Task<JobEnd> RunAsync(DockerPreparation preparation)
    {
        await Task.Yield();
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(_preparing.Token, _released.Token);
            _container = await preparation.RunAsync(stop.Token);
            var times = Times() with { ContainersStarted = _time.GetUtcNow() };
            _logger.DockerJobStarted(JobId, Place);
            _started.TrySetResult(times);
            if (_grace is { } grace)
            {
                // The cancel came between the last check and the start.
                await _engine.SignalAsync(_container, "SIGTERM", _released.Token);
                _killTimer = _time.CreateTimer(_ => _ = KillAsync(_container, grace), state: null, grace, Timeout.InfiniteTimeSpan);
            }

            return await WatchAsync(_container, times);
        }
        catch (PlaceException failure)
        {
            return NotStarted(failure.Reason, failure.Message);
        }
        catch (OperationCanceledException) when (!_released.IsCancellationRequested)
        {
            return NotStarted(FailureReason.Deleted, "The job was cancelled before its worker started");
        }
        catch (InfrastructureException failure)
        {
            _started.TrySetCanceled();
            return new JobEnd
            {
                Failure = FailureReason.NodeLost,
                Message = $"The Docker engine that ran the job was lost: {failure.Message}",
                WorkerStarted = _container is not null,
                Times = Times(),
            };
        }
    }

    private JobEnd NotStarted(FailureReason reason, string message)
    {
        _started.TrySetCanceled();
        _logger.DockerJobEnded(JobId, reason.ToString());
        return new JobEnd { Failure = reason, Message = message, Times = Times() };
    }

    private async Task<JobEnd> WatchAsync(string id, LaunchTimes times)
    {
        await _engine.WaitAsync(id, _released.Token);
        var state = await _engine.ReadStateAsync(id, _released.Token);
        var text = await _engine.ReadFileAsync(id, DockerPaths.Outcome, _released.Token);
        var outcome = WorkerOutcome.TryParse(text, out var left) ? left : null;

        var tail = outcome is null ? await _engine.ReadLogTailAsync(id, cancellationToken: _released.Token) : string.Empty;
        var end = HostVerdict.Judge(outcome, (int)state.ExitCode, tail, _graceThatPassed, times) with { WorkerStarted = true };
        if (outcome is null && state.OOMKilled)
        {
            end = end with { Failure = FailureReason.OutOfMemory, Message = "The job's container used more memory than it may and was killed by the kernel" };
        }

        _logger.DockerJobEnded(JobId, end.Outcome?.Conclusion.ToString() ?? end.Failure.ToString());
        return end;
    }

    private async Task KillAsync(string id, TimeSpan grace)
    {
        _graceThatPassed = grace;
        _logger.DockerJobKilled(JobId, grace.TotalSeconds);
        try
        {
            await _engine.SignalAsync(id, "SIGKILL", _released.Token);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            _logger.DockerJobNotRemoved(JobId, failure.Message); // its removal tries again
        }
    }

    // The caller's own token may be the reason why it disposes, so this takes one of its own.
    private async Task RemoveAsync()
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, _time);
        try
        {
            // A call that was on its way when the preparation was stopped may have made its container after all: it is ended first.
            if (_container is null)
            {
                await Ended.WaitAsync(limit.Token);
            }

            await _engine.RemoveAllAsync($"{DockerLabels.Job}={JobId}", limit.Token);
            await Ended.WaitAsync(limit.Token);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            _logger.DockerJobNotRemoved(JobId, failure.Message);
        }
    }

    private LaunchTimes Times() => new() { MessageSeen = Launch.MessageSeen, PodCreated = _created };
}
