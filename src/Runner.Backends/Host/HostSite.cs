using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Runner.Backends.Docker.Actions;
using Runner.Backends.Link;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Jobs.Streams;

namespace Runner.Backends.Host;

/// <summary>A process of this machine that is a job's worker, and its folder.</summary>
internal sealed class HostSite : IJobSite
{
    // By which a shell, or setsid, says that it could not put the worker in its place.
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    // How often a worker is left alone that does not listen to a cancel: two seconds each.
    private const int TriesWithCare = 2;

    private readonly HostFolder _folder;
    private readonly HostJobRecord _record;
    private readonly ProcessId _worker;
    private readonly Process? _process;
    private readonly JobLaunch _launch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventFeed _events;
    private readonly HostContainers _containers;
    private readonly RequestDesk? _desk;
    private readonly CancellationTokenSource _workerEnded = new();
    private readonly CancellationTokenSource _unread = new();
    private readonly Task _reading;
    private volatile bool _hasEnded;

    /// <summary>Watches a worker.</summary>
    /// <param name="launch">The launch, or what could be read back of it.</param>
    /// <param name="folder">The job's folder.</param>
    /// <param name="record">What stands in it.</param>
    /// <param name="process">
    /// The worker as a child of this process; <c>null</c> of an adopted job, whose exit code nobody here learns.
    /// </param>
    /// <param name="linkKey">Key of the worker's requests; <c>null</c>: it makes none.</param>
    /// <param name="dockerHost">Address of the engine for container actions, or <c>null</c>: that of Docker's own socket.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public HostSite(
        JobLaunch launch,
        HostFolder folder,
        HostJobRecord record,
        Process? process,
        string? linkKey,
        string? dockerHost,
        TimeProvider time,
        ILogger logger)
    {
        _launch = launch;
        _folder = folder;
        _record = record;
        _worker = record.Worker ?? default;
        _process = process;
        _time = time;
        _logger = logger;
        _containers = new HostContainers(dockerHost, launch.JobId, time);
        _desk = linkKey is null
            ? null
            : new RequestDesk(launch.JobId, new Secret(linkKey), ConnectAsync, new RequestRouter(_containers, services: null, launch.Requests), time, logger);
        _events = new EventFeed(time, made => _desk?.Take(made), isRead: launch.Reporting == ReportingTarget.Launcher);
        _reading = ReadEventsAsync(_unread.Token);
    }

    public string Location => $"process {_worker.Pid}";

    public IAsyncEnumerable<WorkerEvent> Events => _events.Events;

    public async Task<JobEnd> RunAsync(JobLifetime life, CancellationToken cancellationToken)
    {
        if (_record.Worker is not null)
        {
            life.MarkStarted(_record.ToTimes());
        }

        var exitCode = await WaitForExitAsync(cancellationToken);
        _hasEnded = true;
        await _workerEnded.CancelAsync();
        await StopRequestsAsync();
        JobProcesses.KillAll(_worker, _folder.FullPath); // what a worker that was killed left behind
        HostOrphans.KillAll();
        var left = _folder.ReadOutcome();
        var outcome = OutcomeRules.Accept(left, _record.Launch.OutcomeChecks, exitCode);
        var end = WorkerVerdict.Judge(outcome, exitCode, _folder.ReadLogTail(), life.GraceThatPassed, _record.ToTimes());
        _logger.HostJobEnded(_launch.JobId, end.Outcome?.Conclusion.ToString() ?? end.Failure.ToString());
        var isUnstartable = exitCode is NotExecutable or NotFound && end.Outcome is null && !_folder.HasBegun;
        return end with
        {
            WorkerStarted = _record.Worker is not null && !isUnstartable && (_record.IsHandedOver || _folder.HasBegun),
            IsPlaceAtFault = isUnstartable,
            Unsent = LeftLog.Find(left),
        };
    }

    public Task<bool> AskToCancelAsync(TimeSpan grace, int earlierTries, CancellationToken cancellationToken) =>
        Task.FromResult(JobProcesses.TryCancel(_worker, insists: earlierTries >= TriesWithCare));

    public Task KillAsync(CancellationToken cancellationToken)
    {
        JobProcesses.KillAll(_worker, _folder.FullPath);
        return Task.CompletedTask;
    }

    public async Task RemoveAsync(JobLifetime life, CancellationToken cancellationToken)
    {
        JobProcesses.KillAll(_worker, _folder.FullPath);
        await _unread.CancelAsync(); // nobody reads its events any more
        await life.Ended.WaitAsync(cancellationToken);
        _folder.Delete();
        _logger.HostJobRemoved(_launch.JobId, _folder.FullPath);
    }

    public Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken)
    {
        Func<bool>? isOver = follows ? () => _hasEnded : null;
        return Task.FromResult<Stream?>(new GrowingLog(() => ForeignFile.TryOpen(_folder.JobLog), isOver, last, _time));
    }

    public void LetGo()
    {
        _hasEnded = true; // for those who watch here
        _desk?.LetGo();
        _containers.LetGo();
        _unread.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _unread.CancelAsync();
        await _workerEnded.CancelAsync();
        await _reading;
        await StopRequestsAsync();
        await _containers.DisposeAsync();
        _workerEnded.Dispose();
        _unread.Dispose();
    }

    // Its events end with the worker: a launcher that lets go of a job that reports to it stops the job.
    private async Task ReadEventsAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_process is not null)
            {
                // A worker that reports to GitHub prints into a file, as it must outlive this process.
                await using var output = _launch.Reporting == ReportingTarget.Launcher
                    ? _process.StandardOutput.BaseStream
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

    private async Task<int?> WaitForExitAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            using (_process)
            {
                await _process.WaitForExitAsync(cancellationToken);
                HostOrphans.Forget(_process.Id);
                return _process.ExitCode;
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
