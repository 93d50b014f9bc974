using Microsoft.Extensions.Logging;
using Runner.Execution;
using Runner.Execution.Hosting;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Worker.Hosting;
using Runner.Worker.Link;
using Runner.Worker.Logging;
using Runner.Worker.Reporting;

namespace Runner.Worker.Jobs;

/// <summary>One job that is reported to its launcher: no service of GitHub is needed, or spoken to.</summary>
/// <remarks>
/// A launcher that is gone cannot be told how the job ended, so the job is stopped as at a shutdown and fails; its outcome then says that
/// nobody was told.
/// </remarks>
internal sealed class LauncherSession(WorkerHost host, LaunchPayload payload, ReportingOptions options, JobCancellation cancellation)
{
    private readonly ILogger _logger = host.Loggers.CreateLogger<LauncherSession>();
    private readonly OutcomeFile _outcome = new(payload.Paths.Outcome, payload.OutcomeKey, host.Loggers.CreateLogger<OutcomeFile>());

    /// <summary>Runs it; gives the worker's exit code.</summary>
    /// <param name="output">Where events go: standard output.</param>
    public async Task<int> RunAsync(Stream output)
    {
        var events = new EventPump(output, Stop);
        await using var life = new LauncherLife(payload.LauncherProcess, StopWithLauncher, host.Time);
        events.Write(new JobStartedEvent { JobId = payload.Job.JobId, WorkerVersion = WorkerVersion.Text, StartedAt = host.Started });
        var reporter = new LauncherReporter(events, host.Time);
        await using var link = OpenLink(events);
        var actions = link is null ? null : new LinkActionSource(link);
        var containers = link is null ? null : new LinkContainerRunner(link);
        var serviceLogs = link is null ? null : new LinkServiceLogs(link);
        var workspace = link is not null && (payload.AsksForWorkspace || payload.OwnCheckout == OwnCheckout.IsThere) ? new LinkWorkspaceSource(link) : null;
        var (result, isBug) = await new GuardedJob(host, payload, cancellation, _logger).RunAsync(reporter, actions, containers, serviceLogs, workspace);

        // Before the last event: a worker killed while it waits for its reader has still said how the job ended.
        Write(result, isReported: false);
        events.Write(new JobEndedEvent
        {
            Conclusion = result.Conclusion,
            Reason = result.Reason,
            Outputs = result.Outputs,
            EnvironmentUrl = result.EnvironmentUrl,
            Annotations = result.Annotations,
        });
        var isReported = await CompleteAsync(events);
        Write(result, isReported);
        _logger.JobEnded(payload.Job.JobId.ToString(), result.Conclusion.ToString(), isReported);
        return isBug ? ExitCodes.Bug : isReported ? ExitCodes.Ok : ExitCodes.Infrastructure;
    }

    private LauncherLink? OpenLink(EventPump events) => payload.LinkKey is { } key
        ? new LauncherLink(payload.Paths.Spool, new Secret(key), events.Write, host.Time, _logger)
        : null;

    private void Stop(Exception failure)
    {
        _logger.LauncherGone(failure);
        cancellation.Cancel(CancelReason.Shutdown);
    }

    private void StopWithLauncher()
    {
        _logger.LauncherEnded(payload.LauncherProcess ?? 0);
        cancellation.Cancel(CancelReason.Shutdown);
    }

    private async Task<bool> CompleteAsync(EventPump events)
    {
        try
        {
            return await events.CompleteAsync().WaitAsync(options.MinAfterEnd, host.Time);
        }
        catch (TimeoutException)
        {
            _logger.EventsNotTaken(options.MinAfterEnd.TotalSeconds);
            return false;
        }
    }

    private void Write(JobResult result, bool isReported) => _outcome.Write(new WorkerOutcome
    {
        Conclusion = result.Conclusion,
        IsReported = isReported,
        IsRemoval = cancellation.IsRemoval && result.Conclusion == Conclusion.Failed,
        Reason = result.Reason,
        WorkerStarted = host.Started,
        FirstStep = result.FirstStep,
        LastStepEnded = result.LastStepEnded,
        Usage = result.Usage,
    });
}
