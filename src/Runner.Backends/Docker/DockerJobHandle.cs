using Microsoft.Extensions.Logging;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Backends.Docker;

/// <summary>A job in its containers.</summary>
internal sealed class DockerJobHandle : IJobHandle
{
    private const string CancelSignal = "SIGUSR2"; // the worker takes SIGTERM for the end of its container

    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(60);

    // How long after a kill the engine may take to say that the container has ended.
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(60);

    private readonly string? _outcomeChecks;
    private readonly DockerEngine _engine;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _forget;
    private readonly DateTimeOffset _created;
    private readonly EventFeed _events;
    private readonly RequestDesk? _desk;
    private readonly CancellationTokenSource _unread = new();
    private readonly IDisposable? _ownership;
    private readonly CancellationTokenSource _preparing = new();
    private readonly CancellationTokenSource _released = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly TaskCompletionSource<LaunchTimes> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private string? _container;
    private TimeSpan? _grace;
    private TimeSpan? _graceThatPassed;
    private ITimer? _killTimer;
    private Task _reading = Task.CompletedTask;
    private bool _isReleased;

    /// <summary>Begins to make the job's place, or to watch it.</summary>
    /// <param name="launch">The launch, or what could be read back of it.</param>
    /// <param name="outcomeChecks">By which the worker's outcome is told from a step's.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="prepare">Makes the place and starts the worker, or gives the container of a job that is adopted.</param>
    /// <param name="link">Key of the worker's requests, and who answers them; <c>null</c>: nobody can.</param>
    /// <param name="created">When the place was asked for.</param>
    /// <param name="ownership">Disposed when the handle lets go of the job, or <c>null</c>.</param>
    /// <param name="forget">Called then, too.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public DockerJobHandle(
        JobLaunch launch,
        string? outcomeChecks,
        DockerEngine engine,
        Func<CancellationToken, Task<string>> prepare,
        (Secret Key, IWorkerRequestHandler Handler)? link,
        DateTimeOffset created,
        IDisposable? ownership,
        Action forget,
        TimeProvider time,
        ILogger logger)
    {
        Launch = launch;
        _outcomeChecks = outcomeChecks;
        _engine = engine;
        _ownership = ownership;
        _forget = forget;
        _time = time;
        _logger = logger;
        _created = created;
        _desk = link is { } given ? new RequestDesk(launch.JobId, given.Key, OpenLinkAsync, given.Handler, time, logger) : null;
        _events = new EventFeed(time, made => _desk?.Take(made), isRead: launch.Reporting == ReportingTarget.Launcher);
        Ended = RunAsync(prepare);
    }

    public JobId JobId => Launch.JobId;

    public JobLaunch Launch { get; }

    public string Place => _container is { } id ? $"container {id[..Math.Min(12, id.Length)]}" : "container (being made)";

    /// <summary>The job's container, or <c>null</c>: there is none yet.</summary>
    public string? Container => _container;

    public Task<LaunchTimes> Started => _started.Task;

    public Task<JobEnd> Ended { get; }

    public IAsyncEnumerable<WorkerEvent> Events => _events.Events;

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

        await _engine.SignalAsync(id, CancelSignal, cancellationToken);
        _killTimer = _time.CreateTimer(_ => _ = KillAsync(id, grace), state: null, grace, Timeout.InfiniteTimeSpan);
    }

    public void Release()
    {
        _isReleased = true;
        _desk?.LetGo();
        _forget();
        _released.Cancel();
        _unread.Cancel();
        _started.TrySetCanceled();
        _ownership?.Dispose();
    }

    public async Task<string?> KeepAsync(CancellationToken cancellationToken)
    {
        if (Launch.KeepAs is null || _container is not { } id || !Ended.IsCompleted)
        {
            return null;
        }

        var name = DockerLabels.KeptName(Launch.KeepAs);
        if (!await _engine.TryRenameAsync(id, name, cancellationToken))
        {
            await _engine.RemoveAsync(name, cancellationToken); // of the same job, run twice at a time
            if (!await _engine.TryRenameAsync(id, name, cancellationToken))
            {
                return null;
            }
        }

        var docker = _engine.Host == DockerEngine.DefaultHost ? "docker" : $"docker -H {_engine.Host}";
        return $"container {name} is kept: {docker} run --rm -it --volumes-from {name} -w {DockerPaths.Workspace} --entrypoint sh $({docker} commit {name})"
            + $" opens a shell in a copy of it, {docker} rm -v {name} removes it";
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isReleased)
        {
            await _preparing.CancelAsync();
            await _unread.CancelAsync();
            await RemoveAsync();
            _forget();
            _ownership?.Dispose();
        }

        await StopRequestsAsync();
        await _reading;

        if (_killTimer is { } timer)
        {
            await timer.DisposeAsync();
        }
    }

    private async Task<JobEnd> RunAsync(Func<CancellationToken, Task<string>> prepare)
    {
        await Task.Yield();
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(_preparing.Token, _released.Token);
            _container = await prepare(stop.Token);
            var times = Times() with { ContainersStarted = _time.GetUtcNow() };
            _logger.DockerJobStarted(JobId, Place);
            _started.TrySetResult(times);
            _reading = new WorkerOutput(_engine, _events, _time).ReadAsync(_container, _unread.Token);
            if (_grace is { } grace)
            {
                // The cancel came between the last check and the start.
                await _engine.SignalAsync(_container, CancelSignal, _released.Token);
                _killTimer = _time.CreateTimer(_ => _ = KillAsync(_container, grace), state: null, grace, Timeout.InfiniteTimeSpan);
            }

            return await WatchAsync(_container, times);
        }
        catch (LaunchException failure)
        {
            return NotStarted(failure.Reason, failure.Message) with { IsPlaceAtFault = failure.IsPlaceAtFault };
        }
        catch (WorkflowException mistake)
        {
            return NotStarted(FailureReason.Rejected, mistake.Message);
        }
        catch (OperationCanceledException) when (_lost.IsCancellationRequested && _container is not null)
        {
            return Lost("it did not say that the job's container ended when it was killed");
        }
        catch (OperationCanceledException) when (!_released.IsCancellationRequested)
        {
            return NotStarted(FailureReason.Deleted, "The job was cancelled before its worker started");
        }
        catch (InfrastructureException failure)
        {
            return Lost(failure.Message);
        }
        finally
        {
            await StopRequestsAsync();
            if (_container is null)
            {
                _events.End(); // nobody began to read
            }
        }
    }

    private Task<Stream> OpenLinkAsync(CancellationToken cancellationToken) => _container is { } id
        ? _engine.Streams.ExecuteAsync(id, [DockerPaths.Worker, "link"], cancellationToken)
        : throw new InfrastructureException("The job's container is not there yet");

    private ValueTask StopRequestsAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    private JobEnd NotStarted(FailureReason reason, string message)
    {
        _started.TrySetCanceled();
        _logger.DockerJobEnded(JobId, reason.ToString());
        return new JobEnd { Failure = reason, Message = message, Times = Times() };
    }

    private JobEnd Lost(string why)
    {
        _started.TrySetCanceled();
        return new JobEnd
        {
            Failure = FailureReason.NodeLost,
            Message = $"The Docker engine that ran the job was lost: {why}",
            WorkerStarted = _container is not null,
            IsPlaceAtFault = _container is null,
            Times = Times(),
        };
    }

    private async Task<JobEnd> WatchAsync(string id, LaunchTimes times)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(_released.Token, _lost.Token))
        {
            await _engine.WaitAsync(id, either.Token);
        }

        var state = await _engine.ReadStateAsync(id, _released.Token);
        var text = await _engine.ReadFileAsync(id, DockerPaths.Outcome, _released.Token);
        var outcome = OutcomeRules.Accept(text, _outcomeChecks, (int)state.ExitCode);
        var tail = outcome is null ? await _engine.ReadLogTailAsync(id, cancellationToken: _released.Token) : string.Empty;
        var end = WorkerVerdict.Judge(outcome, (int)state.ExitCode, tail, _graceThatPassed, times) with { WorkerStarted = true };
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
        using var limit = new CancellationTokenSource(DeathLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_released.Token, limit.Token);
        try
        {
            await _engine.SignalAsync(id, "SIGKILL", either.Token);
            await Ended.WaitAsync(either.Token);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            if (limit.IsCancellationRequested)
            {
                await _lost.CancelAsync(); // who waits for the job's end does not wait for an engine that stands still
            }

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
                await Task.WhenAny(Ended, _started.Task).WaitAsync(limit.Token);
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
