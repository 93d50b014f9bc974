using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Runner.Backends.Docker.Actions;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Backends.Host;

/// <summary>A job whose worker is a process of this machine.</summary>
internal sealed class HostJobHandle : IJobHandle
{
    // By which a shell, or setsid, says that it could not put the worker in its place.
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    private readonly HostFolder _folder;
    private readonly HostJobRecord _record;
    private readonly ProcessId _worker;
    private readonly FileStream _ownership;
    private readonly Action _forget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventFeed _events;
    private readonly HostContainers _containers;
    private readonly RequestDesk? _desk;
    private readonly CancellationTokenSource _workerEnded = new();
    private readonly CancellationTokenSource _unread = new();
    private readonly Task _reading;
    private readonly CancellationTokenSource _released = new();
    private readonly Lock _gate = new();
    private ITimer? _killTimer;
    private TimeSpan? _graceThatPassed;
    private bool _isReleased;

    /// <summary>Watches a worker.</summary>
    /// <param name="launch">The launch, or what could be read back of it.</param>
    /// <param name="folder">The job's folder.</param>
    /// <param name="record">What stands in it.</param>
    /// <param name="process">
    /// The worker as a child of this process; <c>null</c> of an adopted job, whose exit code nobody here learns.
    /// </param>
    /// <param name="linkKey">Key of the worker's requests; <c>null</c>: it makes none.</param>
    /// <param name="dockerHost">Address of the engine for container actions, or <c>null</c>: that of Docker's own socket.</param>
    /// <param name="ownership">The lock that says the job is this agent's.</param>
    /// <param name="forget">Called when the handle lets go of the job.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public HostJobHandle(
        JobLaunch launch,
        HostFolder folder,
        HostJobRecord record,
        Process? process,
        string? linkKey,
        string? dockerHost,
        FileStream ownership,
        Action forget,
        TimeProvider time,
        ILogger logger)
    {
        Launch = launch;
        _folder = folder;
        _record = record;
        _worker = record.Worker ?? default;
        _ownership = ownership;
        _forget = forget;
        _time = time;
        _logger = logger;
        Started = record.Worker is null
            ? Task.FromCanceled<LaunchTimes>(new CancellationToken(canceled: true))
            : Task.FromResult(record.ToTimes());
        _containers = new HostContainers(dockerHost, launch.JobId, time);
        _desk = linkKey is null
            ? null
            : new RequestDesk(launch.JobId, new Secret(linkKey), ConnectAsync, new RequestRouter(_containers, services: null, launch.Requests), time, logger);
        _events = new EventFeed(time, made => _desk?.Take(made), isRead: launch.Reporting == ReportingTarget.Launcher);
        _reading = ReadEventsAsync(process, _unread.Token);
        Ended = WatchAsync(process, _released.Token);
    }

    public JobId JobId => Launch.JobId;

    public JobLaunch Launch { get; }

    public string Place => $"process {_worker.Pid}";

    public Task<LaunchTimes> Started { get; }

    public Task<JobEnd> Ended { get; }

    public IAsyncEnumerable<WorkerEvent> Events => _events.Events;

    public Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isReleased || Ended.IsCompleted || _killTimer is not null)
            {
                return Task.CompletedTask;
            }

            JobProcesses.Cancel(_worker);
            _killTimer = _time.CreateTimer(_ => KillAfter(grace), state: null, grace, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    public void Release()
    {
        _desk?.LetGo();
        _containers.LetGo();
        Close();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isReleased)
        {
            JobProcesses.KillAll(_worker, _folder.FullPath);
            await _unread.CancelAsync(); // nobody reads its events any more
            await Ended;
            _folder.Delete();
            _logger.HostJobRemoved(JobId, _folder.FullPath);
            Close();
        }

        await _workerEnded.CancelAsync();
        await _reading;
        await StopRequestsAsync();
        await _containers.DisposeAsync();
        _workerEnded.Dispose();
        _unread.Dispose();
        _released.Dispose();
    }

    private void Close()
    {
        lock (_gate)
        {
            _isReleased = true;
            _killTimer?.Dispose();
            _ownership.Dispose();
        }

        _forget();
        _unread.Cancel();
        _released.Cancel();
    }

    private void KillAfter(TimeSpan grace)
    {
        lock (_gate)
        {
            if (_isReleased || Ended.IsCompleted)
            {
                return;
            }

            _graceThatPassed = grace;
        }

        _logger.HostJobKilled(JobId, grace.TotalSeconds);
        JobProcesses.KillAll(_worker, _folder.FullPath);
    }

    // Its events end with the worker: a launcher that lets go of a job that reports to it stops the job.
    private async Task ReadEventsAsync(Process? process, CancellationToken cancellationToken)
    {
        try
        {
            if (process is not null)
            {
                // A worker that reports to GitHub prints into a file, as it must outlive this process.
                await using var output = Launch.Reporting == ReportingTarget.Launcher
                    ? process.StandardOutput.BaseStream
                    : FollowedFile.Open(_folder.LogFile, _time, _workerEnded.Token);
                await LineSplitter.ReadAsync(output, line => TakeAsync(line, cancellationToken), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Nobody reads any more, or the pipe broke, which the feed tells by what is missing.
        }
        finally
        {
            _events.End();
        }
    }

    private ValueTask StopRequestsAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.LinkSocket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new InfrastructureException($"The worker's socket '{_folder.LinkSocket}' does not answer: {failure.Message}", failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (await _events.TakeAsync(line, cancellationToken) == LineReading.Gap)
        {
            await _events.SkipToAsync(line, cancellationToken); // a pipe does not bring again what it has lost
        }
    }

    private async Task<JobEnd> WatchAsync(Process? process, CancellationToken cancellationToken)
    {
        var exitCode = await WaitForExitAsync(process, cancellationToken);
        lock (_gate)
        {
            _killTimer?.Dispose();
        }

        await _workerEnded.CancelAsync();
        await StopRequestsAsync();
        JobProcesses.KillAll(_worker, _folder.FullPath); // what a worker that was killed left behind
        HostOrphans.KillAll();
        var end = WorkerVerdict.Judge(OutcomeRules.Accept(_folder.ReadOutcome(), _record.Launch.OutcomeChecks, exitCode), exitCode, _folder.ReadLogTail(), _graceThatPassed, _record.ToTimes());
        _logger.HostJobEnded(JobId, end.Outcome?.Conclusion.ToString() ?? end.Failure.ToString());
        var isUnstartable = exitCode is NotExecutable or NotFound && end.Outcome is null && !_folder.HasBegun;
        return end with
        {
            WorkerStarted = _record.Worker is not null && !isUnstartable && (_record.IsHandedOver || _folder.HasBegun),
            IsPlaceAtFault = isUnstartable,
        };
    }

    private async Task<int?> WaitForExitAsync(Process? process, CancellationToken cancellationToken)
    {
        if (process is not null)
        {
            using (process)
            {
                await process.WaitForExitAsync(cancellationToken);
                HostOrphans.Forget(process.Id);
                return process.ExitCode;
            }
        }

        if (_worker.IsAlive())
        {
            try
            {
                using var adopted = Process.GetProcessById(_worker.Pid);
                await adopted.WaitForExitAsync(cancellationToken);
            }
            catch (ArgumentException)
            {
                return null; // it ended since it was looked at
            }
        }

        return null;
    }
}
