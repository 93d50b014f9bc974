using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Backends.Link;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Link;

/// <summary>
/// The way from a job's worker to its launcher and back: what it tells, from the log of its container; what it asks for, over execs of
/// <c>runner-worker link</c>. A job that is reported to GitHub and asks for nothing has none: its log is not followed.
/// </summary>
internal sealed class PodLink : IAsyncDisposable
{
    private readonly PodEvents _log;
    private readonly EventFeed _feed;
    private readonly RequestDesk? _desk;
    private readonly bool _isReported;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _unread = new();
    private Task _reading = Task.CompletedTask;

    private PodLink(JobLaunch launch, string podName, (Secret Key, IWorkerRequestHandler Handler)? requests, JobCluster cluster, TimeProvider time, ILogger logger)
    {
        _isReported = launch.Reporting == ReportingTarget.Launcher;
        _desk = requests is { } given ? new RequestDesk(launch.JobId, given.Key, OpenAsync, given.Handler, time, logger) : null;
        _feed = new EventFeed(time, made => _desk?.Take(made), _isReported);
        _log = new PodEvents(launch.JobId, token => cluster.Streams.FollowLogAsync(podName, ContainerNames.Job, token), _feed, time, logger);

        Task<Stream> OpenAsync(CancellationToken token) => cluster.Streams.OpenExecAsync(podName, [PodPaths.Worker, "link"], token);
    }

    /// <summary>What the worker tells; empty of a job that is reported to GitHub.</summary>
    public IAsyncEnumerable<WorkerEvent> Events => _feed.Events;

    /// <summary>What of the events could not be had, in words, or <c>null</c>; known once they were read to their end.</summary>
    public string? Loss => _isReported ? _feed.Loss : null;

    /// <summary>The link of a job, or <c>null</c>: it needs none.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="pod">Its pod.</param>
    /// <param name="key">Key of its requests, or <c>null</c>: its worker makes none.</param>
    /// <param name="containers">Runs container actions.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public static PodLink? Of(
        JobLaunch launch, V1Pod pod, Secret? key, IWorkerRequestHandler containers, JobCluster cluster, TimeProvider time, ILogger logger)
    {
        // A local run's job whose launcher is gone is only there to be removed.
        var isReported = launch.Reporting == ReportingTarget.Launcher;
        (Secret, IWorkerRequestHandler)? requests = key is { } shared && (launch.Requests is not null || !isReported)
            ? (shared, new RequestRouter(containers, new ServiceLogs(cluster, pod.Metadata.Name), launch.Requests))
            : null;
        return isReported || requests is not null ? new PodLink(launch, pod.Metadata.Name, requests, cluster, time, logger) : null;
    }

    /// <summary>The worker runs, or ran: its log can be read from now on. Called once.</summary>
    public void Begin() => _reading = _log.ReadAsync(_over.Token, _unread.Token);

    /// <summary>The container is over: returns when its log is read to the end, by us and by whoever reads the events.</summary>
    public async Task CompleteAsync()
    {
        await (_isReported ? _over : _unread).CancelAsync(); // where nobody reads events, a container that is over has nothing to say any more
        await _reading;
        _feed.End(); // also where there was nothing to read
        await StopRequestsAsync();
    }

    /// <summary>Nobody reads any more.</summary>
    public void Abandon() => _unread.Cancel();

    /// <summary>Another agent goes on with the job: from here nothing is told to its worker any more.</summary>
    public void LetGo() => _desk?.LetGo();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _unread.CancelAsync();
        await CompleteAsync();
        _over.Dispose();
        _unread.Dispose();
    }

    private ValueTask StopRequestsAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;
}
