using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Runner.Execution;
using Runner.Execution.Hosting;
using Runner.Execution.Reporting;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Worker.Hosting;
using Runner.Worker.Link;
using Runner.Worker.Locks;
using Runner.Worker.Logging;
using Runner.Worker.Reporting;
using Runner.Worker.Tracing;

namespace Runner.Worker.Jobs;

/// <summary>One job from its payload to its outcome.</summary>
/// <remarks>
/// <list type="number">
/// <item>The lock is kept from the start, beside everything else.</item>
/// <item>The job runs and reports as it goes. What of its log is not sent lies where the outcome will: a worker killed meanwhile has lost little of it.</item>
/// <item>Its conclusion is written to disk before anybody is told: a worker killed while it reports has still said how the job ended.</item>
/// <item>What is left of logs and states goes out, for as long as it takes within limits.</item>
/// <item>The job is completed at GitHub, and the outcome says so.</item>
/// </list>
/// </remarks>
internal sealed class JobSession(WorkerHost host, LaunchPayload payload, ReportingOptions options, JobCancellation cancellation)
{
    private static readonly TimeSpan LastPrints = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = host.Loggers.CreateLogger<JobSession>();
    private readonly OutcomeFile _outcome = new(
        payload.Paths.Outcome, payload.OutcomeKey, host.Loggers.CreateLogger<OutcomeFile>(), payload.OutcomeBytes ?? WorkerOutcome.MaxBytes);

    /// <summary>Runs it; gives the worker's exit code.</summary>
    /// <param name="output">Where requests to the launcher are announced, and the log is mirrored: standard output.</param>
    public async Task<int> RunAsync(Stream output)
    {
        JobServices services;
        try
        {
            services = JobServices.Open(host, payload, options);
        }
        catch (WorkflowException refusal)
        {
            _logger.JobRefused(refusal.Message);
            Write(new JobResult { Conclusion = Conclusion.Failed, Reason = refusal.Message }, isReported: false);
            return ExitCodes.Infrastructure;
        }

        await using (services)
        {
            return await RunAsync(services, output);
        }
    }

    private async Task<int> RunAsync(JobServices services, Stream output)
    {
        // Step 1
        using var over = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var renewal = new LockRenewal(
            services.Reports.RenewAsync,
            _ => cancellation.Cancel(CancelReason.LockLost),
            host.Time,
            host.Loggers.CreateLogger<LockRenewal>());
        var renewing = renewal.RunAsync(LockRenewal.UntilFirst(payload.Times.MessageSeen, host.Time.GetUtcNow()), over.Token);

        // Step 2
        var prints = payload.LinkKey is null && !payload.MirrorsLog ? null : new EventPump(output, _logger.RequestsUnread);
        using var reporter = OpenReporter(services, prints, giveUp.Token);
        var (result, isBug) = await RunJobAsync((IJobReporter?)reporter ?? new SilentReporter(), services.Actions, prints);
        if (renewal.Loss is not null)
        {
            result = result with { Conclusion = Conclusion.Abandoned };
        }

        // Step 3
        var unsent = reporter?.Unsent();
        Write(result, isReported: false, unsent);

        // Step 4
        using var reported = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var deadline = new ReportingDeadline(renewal, options, host.Time).WatchAsync(giveUp, reported.Token);
        var feedClosed = services.CloseFeedAsync();
        var notes = reporter is null ? [] : await reporter.CompleteAsync();
        await reported.CancelAsync();
        await deadline;

        // Step 5
        var isReported = await CompleteAsync(services, renewal, result, reporter, notes);
        Write(result, isReported, isReported ? null : unsent); // where GitHub was not there for long, the launcher has the end of the log to tell
        await feedClosed; // last: the live log is for people who watch, and may not hold up the job's end
        await EndPrintsAsync(prints);
        await over.CancelAsync();
        await renewing;
        await StepTraces.SendAsync(services.Traces, payload, result.Steps, _logger);
        _logger.JobEnded(payload.Job.JobId.ToString(), result.Conclusion.ToString(), isReported);
        return (isBug, isReported && renewal.Loss is null) switch
        {
            (true, _) => ExitCodes.Bug,
            (false, true) => ExitCodes.Ok,
            (false, false) => ExitCodes.Infrastructure,
        };
    }

    // Containers are all that a job asks its launcher for; of everything else GitHub is told.
    private async Task<(JobResult Result, bool IsBug)> RunJobAsync(IJobReporter reporter, IActionSource? actions, EventPump? prints)
    {
        var job = new GuardedJob(host, payload, cancellation, _logger);
        if (payload.LinkKey is not { } key || prints is null)
        {
            return await job.RunAsync(reporter, actions, containers: null, serviceLogs: null, workspace: null);
        }

        await using var link = new LauncherLink(payload.Paths.Spool, new Secret(key), prints.Write, host.Time, _logger);
        return await job.RunAsync(reporter, actions, new LinkContainerRunner(link), new LinkServiceLogs(link), workspace: null);
    }

    private GitHubReporter? OpenReporter(JobServices services, EventPump? prints, CancellationToken giveUp)
    {
        if (!services.Reports.TakesReports)
        {
            _logger.NoResultsService();
            return null;
        }

        return new GitHubReporter(
            Path.GetDirectoryName(WorkPaths.JobLogIn(payload.Paths.Spool)) ?? payload.Paths.Spool,
            services.Reports,
            services.Feed,
            payload.MirrorsLog && prints is not null ? new LogMirror(prints).Write : null,
            _outcome.Leave,
            options with { MaxUnsentBytes = payload.OutcomeBytes ?? WorkerOutcome.MaxBytes },
            host.Time,
            host.Loggers.CreateLogger<GitHubReporter>(),
            giveUp);
    }

    // What is printed is for those who gather it: they have a moment to take the last of it.
    private async Task EndPrintsAsync(EventPump? prints)
    {
        try
        {
            await (prints?.CompleteAsync() ?? Task.FromResult(true)).WaitAsync(LastPrints, host.Time);
        }
        catch (TimeoutException)
        {
            // Nobody reads.
        }
    }

    private async Task<bool> CompleteAsync(
        JobServices services, LockRenewal renewal, JobResult result, GitHubReporter? reporter, ImmutableArray<string> notes)
    {
        if (renewal.Loss is not null)
        {
            // GitHub ended the job or gave it to another runner: whatever we said now would be about somebody else's job.
            return true;
        }

        try
        {
            await services.Reports.CompleteAsync(result, step => reporter?.LinesOf(step) ?? 0, notes, CancellationToken.None);
            return true;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.JobNotFound)
        {
            // Also what a repeated call gets whose first answer was lost.
            _logger.JobGone();
            return true;
        }
        catch (Exception failure) when (failure is InfrastructureException or ProtocolException)
        {
            _logger.CompletionFailed(failure);
            return false;
        }
    }

    private void Write(JobResult result, bool isReported, UnsentLog? unsent = null) => _outcome.Write(new WorkerOutcome
    {
        Conclusion = result.Conclusion,
        IsReported = isReported,
        IsRemoval = cancellation.IsRemoval && result.Conclusion == Conclusion.Failed,
        Reason = result.Reason,
        WorkerStarted = host.Started,
        FirstStep = result.FirstStep,
        LastStepEnded = result.LastStepEnded,
        Usage = result.Usage,
        Unsent = unsent,
    });
}
