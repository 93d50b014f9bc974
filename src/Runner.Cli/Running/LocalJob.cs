using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>How a job of a local run ended.</summary>
/// <param name="Conclusion">How.</param>
/// <param name="Reason">Why, where no step says it, or <c>null</c>.</param>
/// <param name="Outputs">Its outputs without those that hold a secret, which GitHub does not pass on either.</param>
internal sealed record LocalJobResult(Conclusion Conclusion, string? Reason, ImmutableArray<KeyValuePair<string, string>> Outputs);

/// <summary>Runs one planned job on a backend, tells what happens, and plays the part of GitHub's server for it: time limit and cancel.</summary>
internal sealed class LocalJob(PlannedJob planned, LocalJobId job, IJobLauncher launcher, ChannelWriter<RunEvent> events, TimeProvider time)
{
    // What a timer takes at most is 49 days; a job of a month is as good as one without a limit.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    private static readonly LocalJobResult Canceled = new(Conclusion.Canceled, "The operation was canceled.", []);

    private DateTimeOffset? _startedAt;
    private JobEndedEvent? _ended;

    /// <summary>Runs the job to its end. Everything that can be expected to go wrong is in the result.</summary>
    /// <param name="planId">Plan of its run.</param>
    /// <param name="cancel">Cancels it as GitHub would: the worker runs what is to run even then.</param>
    /// <param name="kill">Stops it at once.</param>
    public async Task<LocalJobResult> RunAsync(PlanId planId, CancellationToken cancel, CancellationToken kill)
    {
        var result = launcher.Refuse(planned);
        if (result is null)
        {
            await events.WriteAsync(new LocalJobQueuedEvent(time.GetUtcNow(), job, launcher.BackendOf(planned)), CancellationToken.None);
            if (planned.CacheWarning is { } warning)
            {
                await events.WriteAsync(new RunNoticeEvent(time.GetUtcNow(), $"{job.Name}: {warning}"), CancellationToken.None);
            }

            result = await LaunchAsync(planId, cancel, kill);
        }

        var now = time.GetUtcNow();
        var duration = _startedAt is { } started ? now - started : TimeSpan.Zero;
        await events.WriteAsync(new LocalJobEndedEvent(now, job, result.Conclusion, duration, result.Reason, result.Outputs), CancellationToken.None);
        return result;
    }

    private async Task<LocalJobResult> LaunchAsync(PlanId planId, CancellationToken cancel, CancellationToken kill)
    {
        try
        {
            await using var handle = await launcher.LaunchAsync(planned, planId, cancel);
            try
            {
                var result = await WatchAsync(handle, cancel, kill);
                if (launcher.KeepsFailed && result.Conclusion is Conclusion.Failed or Conclusion.Canceled && !cancel.IsCancellationRequested)
                {
                    await KeepAsync(handle, kill);
                }

                return result;
            }
            finally
            {
                launcher.Ended(handle.JobId);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested || kill.IsCancellationRequested)
        {
            return Canceled;
        }
        catch (InfrastructureException) when (cancel.IsCancellationRequested)
        {
            return Canceled; // what was on its way broke off because of that
        }
        catch (Exception problem) when (problem is WorkflowException or InfrastructureException)
        {
            return new LocalJobResult(Conclusion.Failed, problem.Message, []);
        }
    }

    private async Task KeepAsync(IJobHandle handle, CancellationToken kill)
    {
        string? kept;
        try
        {
            kept = await handle.KeepAsync(kill);
        }
        catch (InfrastructureException failure)
        {
            kept = $"what it ran in could not be kept: {failure.Message}";
        }

        if (kept is not null)
        {
            await events.WriteAsync(new RunNoticeEvent(time.GetUtcNow(), $"{job.Name}: {kept}"), CancellationToken.None);
        }
    }

    private async Task<LocalJobResult> WatchAsync(IJobHandle handle, CancellationToken cancel, CancellationToken kill)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        var reading = ReadAsync(handle, limit, kill);
        var isTimedOut = false;
        try
        {
            await handle.Ended.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            isTimedOut = limit.IsCancellationRequested && !cancel.IsCancellationRequested;
            await handle.CancelAsync(planned.CancelTimeout, kill);
        }

        var end = await handle.Ended.WaitAsync(kill);
        await reading;
        // A worker that was stopped before it started has nothing to say: that is the cancel, not a failure.
        return cancel.IsCancellationRequested && _startedAt is null && _ended is null ? Canceled : Result(end, isTimedOut);
    }

    // To the end of the stream: a worker whose launcher does not read waits with its next line.
    private async Task ReadAsync(IJobHandle handle, CancellationTokenSource limit, CancellationToken kill)
    {
        var translator = new WorkerEventTranslator(job);
        await foreach (var told in handle.Events.WithCancellation(kill))
        {
            if (told is JobStartedEvent started)
            {
                _startedAt = started.StartedAt;
                limit.CancelAfter(planned.Timeout < LongestTimeout ? planned.Timeout : LongestTimeout);
                await events.WriteAsync(new LocalJobStartedEvent(started.StartedAt, job, handle.Location), kill);
            }

            _ended = told as JobEndedEvent ?? _ended;
            foreach (var happened in translator.Translate(told, time.GetUtcNow()))
            {
                await events.WriteAsync(happened, kill);
            }
        }
    }

    private LocalJobResult Result(JobEnd end, bool isTimedOut)
    {
        var conclusion = _ended?.Conclusion ?? end.Outcome?.Conclusion ?? Conclusion.Failed;
        var reason = _ended?.Reason ?? end.Outcome?.Reason ?? end.Message;
        if (isTimedOut && conclusion is not (Conclusion.Succeeded or Conclusion.SucceededWithIssues))
        {
            // GitHub's own words; whatever the worker made of its cancel, a job that ran out of time is cancelled.
            conclusion = Conclusion.Canceled;
            reason = $"The job has exceeded the maximum execution time of {Duration(planned.Timeout)}";
        }

        return new LocalJobResult(
            conclusion,
            reason,
            [.. (_ended?.Outputs ?? []).Where(output => !output.Value.IsSecret).Select(output => KeyValuePair.Create(output.Key, output.Value.Value))]);
    }

    // As GitHub's server writes it: 6h0m0s.
    private static string Duration(TimeSpan span)
    {
        var (hours, minutes, seconds) = ((int)span.TotalHours, span.Minutes, span.Seconds);
        return (hours, minutes) switch
        {
            (> 0, _) => string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes}m{seconds}s"),
            (_, > 0) => string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
        };
    }
}
