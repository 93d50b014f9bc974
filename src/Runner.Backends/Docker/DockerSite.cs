using Microsoft.Extensions.Logging;
using Runner.Backends.Link;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;

namespace Runner.Backends.Docker;

/// <summary>The containers of a job.</summary>
internal sealed class DockerSite : IJobSite
{
    private const string CancelSignal = "SIGUSR2"; // the worker takes SIGTERM for the end of its container

    // A container's first process loses a signal that comes before it listens. A worker that runs for that long surely does.
    private static readonly TimeSpan ListensAfter = TimeSpan.FromSeconds(5);

    // How long after a kill the engine may take to say that the container has ended.
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(60);

    private readonly JobLaunch _launch;
    private readonly string? _outcomeChecks;
    private readonly DockerEngine _engine;
    private readonly Func<CancellationToken, Task<string>> _prepare;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DateTimeOffset _created;
    private readonly EventFeed _events;
    private readonly RequestDesk? _desk;
    private readonly CancellationTokenSource _unread = new();
    private readonly CancellationTokenSource _preparing = new();
    private readonly CancellationTokenSource _lost = new();
    private DateTimeOffset _workerSeen;
    private ITimer? _deathTimer;
    private Task _reading = Task.CompletedTask;

    /// <summary>A job's containers, which are made when the job begins.</summary>
    /// <param name="launch">The launch, or what could be read back of it.</param>
    /// <param name="outcomeChecks">By which the worker's outcome is told from a step's.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="prepare">Makes them and starts the worker, or gives the container of a job that is adopted.</param>
    /// <param name="link">Key of the worker's requests, and who answers them; <c>null</c>: nobody can.</param>
    /// <param name="created">When they were asked for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public DockerSite(
        JobLaunch launch,
        string? outcomeChecks,
        DockerEngine engine,
        Func<CancellationToken, Task<string>> prepare,
        (Secret Key, IWorkerRequestHandler Handler)? link,
        DateTimeOffset created,
        TimeProvider time,
        ILogger logger)
    {
        _launch = launch;
        _outcomeChecks = outcomeChecks;
        _engine = engine;
        _prepare = prepare;
        _time = time;
        _logger = logger;
        _created = created;
        _desk = link is { } given ? new RequestDesk(launch.JobId, given.Key, OpenLinkAsync, given.Handler, time, logger) : null;
        _events = new EventFeed(time, made => _desk?.Take(made), isRead: launch.Reporting == ReportingTarget.Launcher);
    }

    public string Location => Container is { } id ? $"container {id[..Math.Min(12, id.Length)]}" : "container (being made)";

    /// <summary>The job's container, or <c>null</c>: there is none yet.</summary>
    public string? Container { get; private set; }

    public IAsyncEnumerable<WorkerEvent> Events => _events.Events;

    public async Task<JobEnd> RunAsync(JobLifetime life, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            Container = await PrepareAsync(cancellationToken);
            var times = Times() with { ContainersStarted = _workerSeen = _time.GetUtcNow() };
            _logger.DockerJobStarted(_launch.JobId, Location);
            life.MarkStarted(times);
            _reading = new WorkerOutput(_engine, _events, _time).ReadAsync(Container, _unread.Token);
            return await WatchAsync(Container, life, times, cancellationToken);
        }
        catch (LaunchException failure)
        {
            return NotStarted(failure.Reason, failure.Message) with { IsPlaceAtFault = failure.IsPlaceAtFault };
        }
        catch (WorkflowException mistake)
        {
            return NotStarted(FailureReason.Rejected, mistake.Message);
        }
        catch (OperationCanceledException) when (_lost.IsCancellationRequested && Container is not null)
        {
            return Lost("it did not say that the job's container ended when it was killed");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
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
            if (Container is null)
            {
                _events.End(); // nobody began to read
            }
        }
    }

    public async Task<bool> AskToCancelAsync(TimeSpan grace, int earlierTries, CancellationToken cancellationToken)
    {
        if (Container is not { } id)
        {
            await _preparing.CancelAsync();
            return false; // it may be too late for that
        }

        var isListening = _time.GetUtcNow() - _workerSeen > ListensAfter;
        await _engine.SignalAsync(id, CancelSignal, cancellationToken);
        return isListening;
    }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        // Who waits for the job's end does not wait for an engine that stands still.
        _deathTimer ??= _time.CreateTimer(_ => _lost.Cancel(), state: null, DeathLimit, Timeout.InfiniteTimeSpan);
        if (Container is { } id)
        {
            await _engine.SignalAsync(id, "SIGKILL", cancellationToken);
        }
    }

    public async Task RemoveAsync(JobLifetime life, CancellationToken cancellationToken)
    {
        await _preparing.CancelAsync();
        await _unread.CancelAsync();

        // A call that was on its way when the preparation was stopped may have made its container after all: it is ended first.
        if (Container is null)
        {
            await Task.WhenAny(life.Ended, life.Started).WaitAsync(cancellationToken);
        }

        await _engine.RemoveAllAsync($"{DockerLabels.Job}={_launch.JobId}", cancellationToken);
        await life.Ended.WaitAsync(cancellationToken);
    }

    public async Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken) => Container is { } id
        ? await _engine.Streams.ExecuteAsync(id, LiveLog.Command(DockerPaths.Worker, follows, last), cancellationToken)
        : null;

    public void LetGo()
    {
        _desk?.LetGo();
        _unread.Cancel();
    }

    public async Task<string?> KeepAsync(CancellationToken cancellationToken)
    {
        if (_launch.KeepAs is null || Container is not { } id)
        {
            return null;
        }

        var name = DockerLabels.KeptName(_launch.KeepAs);
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
        await _unread.CancelAsync();
        await StopRequestsAsync();
        await _reading;
        if (_deathTimer is { } timer)
        {
            await timer.DisposeAsync();
        }
    }

    private async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_preparing.Token, cancellationToken);
        return await _prepare(stop.Token);
    }

    private Task<Stream> OpenLinkAsync(CancellationToken cancellationToken) => Container is { } id
        ? _engine.Streams.ExecuteAsync(id, [DockerPaths.Worker, "link"], cancellationToken)
        : throw new InfrastructureException("The job's container is not there yet");

    private ValueTask StopRequestsAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    private JobEnd NotStarted(FailureReason reason, string message)
    {
        _logger.DockerJobEnded(_launch.JobId, reason.ToString());
        return new JobEnd { Failure = reason, Message = message, Times = Times() };
    }

    private JobEnd Lost(string why) => new()
    {
        Failure = FailureReason.NodeLost,
        Message = $"The Docker engine that ran the job was lost: {why}",
        WorkerStarted = Container is not null,
        IsPlaceAtFault = Container is null,
        Times = Times(),
    };

    private async Task<JobEnd> WatchAsync(string id, JobLifetime life, LaunchTimes times, CancellationToken cancellationToken)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lost.Token))
        {
            await _engine.WaitAsync(id, either.Token);
        }

        var state = await _engine.ReadStateAsync(id, cancellationToken);
        var text = await _engine.ReadFileAsync(id, DockerPaths.Outcome, cancellationToken);
        var outcome = OutcomeRules.Accept(text, _outcomeChecks, (int)state.ExitCode);
        var tail = outcome is null ? await _engine.ReadLogTailAsync(id, cancellationToken: cancellationToken) : string.Empty;
        var end = WorkerVerdict.Judge(outcome, (int)state.ExitCode, tail, life.GraceThatPassed, times) with { WorkerStarted = true, Unsent = LeftLog.Find(text) };
        if (outcome is null && state.OOMKilled)
        {
            end = end with { Failure = FailureReason.OutOfMemory, Message = "The job's container used more memory than it may and was killed by the kernel" };
        }

        _logger.DockerJobEnded(_launch.JobId, end.Outcome?.Conclusion.ToString() ?? end.Failure.ToString());
        return end;
    }

    private LaunchTimes Times() => new() { MessageSeen = _launch.MessageSeen, PodCreated = _created };
}
