using Runner.Agent.Contracts;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Tokens;

namespace Runner.Agent.Supervision;

/// <summary>One job from its launch, or its adoption, to its end.</summary>
/// <remarks>
/// <list type="number">
/// <item>Launch, and at the same time renew the lock.</item>
/// <item>Watch the place: the worker starts and keeps the lock from then on; the job ends, is stopped, or is left to a successor.</item>
/// <item>Judge the end: done, to be replaced, or to be told to GitHub.</item>
/// <item>Tell GitHub where the worker did not.</item>
/// <item>Remove the place.</item>
/// </list>
/// </remarks>
internal sealed class JobRun
{
    // A program that cannot run is seen to start, too, and to end at once.
    private static readonly TimeSpan FirstBreath = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FreshLock = TimeSpan.FromSeconds(5);

    // The worker of a short job may have told GitHub of its end before it was seen to start: the lock is refused then, and the place ends by itself.
    private static readonly TimeSpan QuickEnd = TimeSpan.FromSeconds(5);

    // GitHub was seen to count jobs as over whose lock it had just renewed and whose workers still wrote their log (actions/runner#4492).
    private static readonly TimeSpan GraceAfterEnd = TimeSpan.FromMinutes(5);

    private JobLaunch _launch;
    private readonly IJobService? _service;
    private JournalEntry? _kept;
    private readonly JobRunContext _context;
    private readonly StopSignal _stop = new();
    private readonly TaskCompletionSource _launched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _overAtGitHub = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LaunchBreaker _breaker;
    private bool _isLaunchedHere; // an adopted job says nothing of whether jobs can be started now
    private IDisposable? _trial; // this job is one by which the breaker learns whether its pool is well again
    private bool _isUnderWay; // its worker has breathed: it is never launched again
    private bool _isSettled; // nothing more is to be said to GitHub

    /// <summary>Starts to run the job, or to watch an adopted one.</summary>
    /// <param name="launch">What to run.</param>
    /// <param name="service">By which GitHub is told; <c>null</c> of an adopted job whose message is not at hand any more.</param>
    /// <param name="adopted">The place it runs in already, or <c>null</c>.</param>
    /// <param name="kept">The job in the journal, or <c>null</c>. It is removed with the end of the job, and left there where the job is. An adopted job that loses its place gets one.</param>
    /// <param name="context">What all runs share.</param>
    /// <param name="ended">Called when nothing is left to do.</param>
    public JobRun(JobLaunch launch, IJobService? service, IJobHandle? adopted, JournalEntry? kept, JobRunContext context, Action<JobRun> ended)
    {
        _launch = launch;
        _service = service;
        _kept = kept;
        _context = context;
        _breaker = context.Breakers.For(launch.Pool);
        Ended = RunAsync(adopted, ended);
    }

    /// <summary>Which job.</summary>
    public JobId JobId => _launch.JobId;

    /// <summary>Where it runs, or <c>null</c>: nowhere just now.</summary>
    public IJobHandle? Place { get; private set; }

    /// <summary>Completes when nothing is left to do for the job. Never faults.</summary>
    public Task<JobVerdict> Ended { get; }

    /// <summary>Completes when the job has a place, or needs none any more.</summary>
    public Task Launched => _launched.Task;

    /// <summary>Asks the job to end as GitHub's cancel does.</summary>
    public void Cancel(TimeSpan timeout) => _stop.Cancel(timeout);

    /// <summary>GitHub counts the job as over. That may be early: it is stopped only where it is not over here, too, some minutes later.</summary>
    public void EndedAtGitHub() => _overAtGitHub.TrySetResult();

    /// <summary>Leaves the job running, for another agent to adopt.</summary>
    public void Release() => _released.TrySetResult();

    private async Task<JobVerdict> RunAsync(IJobHandle? adopted, Action<JobRun> ended)
    {
        // The caller knows the run before anything happens.
        await Task.Yield();
        using var scope = _context.Logger.BeginScope(new Dictionary<string, object> { ["JobId"] = JobId });
        try
        {
            var (verdict, times) = await SuperviseAsync(adopted);
            if (verdict.Reason != VerdictReasons.Released)
            {
                _context.Metrics.Ended(_launch.Pool, verdict.Conclusion, verdict.Reason, times, _context.Time.GetUtcNow());
                _context.Board.Ended(JobId, verdict);
                _context.Logger.JobEnded(JobId.ToString(), verdict.Conclusion, verdict.Reason, JobPhases.Describe(times));
                await RemoveKeptAsync();
                await _context.Reruns.SettleAsync(_launch);
            }

            return verdict;
        }
        catch (Exception error)
        {
            // The boundary of one job: whatever went wrong with this one, the agent has others to look after.
            _context.Logger.JobSupervisionFailed(error, JobId.ToString());
            var verdict = JobVerdict.Failed(VerdictReasons.Internal, "The agent that ran the job failed", isInfrastructure: true);
            _context.Board.Ended(JobId, verdict);
            return _isSettled ? verdict : await FailAsync(verdict);
        }
        finally
        {
            _launched.TrySetResult();
            _trial?.Dispose();
            _kept?.Dispose();
            _context.Board.Left(JobId); // where it did not end here
            ended(this);
        }
    }

    // Unsaid, the failure would leave the job running at GitHub until its lock runs out.
    private async Task<JobVerdict> FailAsync(JobVerdict verdict)
    {
        try
        {
            await ReportAsync(verdict);
            await RemoveKeptAsync();
        }
        catch (Exception error)
        {
            _context.Logger.JobSupervisionFailed(error, JobId.ToString());
        }

        return verdict;
    }

    private async Task<(JobVerdict Verdict, LaunchTimes Times)> SuperviseAsync(IJobHandle? place)
    {
        for (var attempt = _launch.Attempt; ; attempt++)
        {
            var (verdict, times, isPlaceAtFault) = await AttemptAsync(place, attempt);
            if (verdict.Action != VerdictAction.Replace)
            {
                return (verdict, times);
            }

            _context.Metrics.Replaced(_launch.Pool, verdict.Reason);
            _context.Board.Replaced(JobId, verdict.Message);
            place = null;
            if (isPlaceAtFault)
            {
                // The next try would meet the same trouble.
                _trial ??= _breaker.Wait();
                var pause = RetryPauses.OfJob(_context.Options, attempt - _launch.Attempt + 1, error: null);
                await Task.WhenAny(Task.Delay(pause, _context.Time, CancellationToken.None), _stop.Requested, _released.Task);
            }
        }
    }

    private async Task<(JobVerdict Verdict, LaunchTimes Times, bool IsPlaceAtFault)> AttemptAsync(IJobHandle? place, int attempt)
    {
        // Step 1
        using var workerRuns = new CancellationTokenSource();
        using var phase = new JobPhaseGauge(_context.Metrics, _launch.Pool);
        var renewal = RenewAsync(workerRuns.Token);
        LaunchResult launched;
        JobEnd? end;
        _isLaunchedHere = place is null;
        try
        {
            launched = place is null
                ? await new JobLauncher(_context).LaunchAsync(_launch with { Attempt = attempt }, _stop)
                : new LaunchResult(place, Refusal: null);

            _launched.TrySetResult();
            if (launched.Handle is not null && _kept is { } kept)
            {
                await kept.LaunchedAsync();
            }

            // Step 2
            end = launched.Handle is { } handle ? await WatchAsync(handle, workerRuns, phase) : new JobEnd();
        }
        finally
        {
            await workerRuns.CancelAsync();
            await renewal;
        }

        var times = JobPhases.Complete(end ?? new JobEnd(), _launch.MessageSeen);
        if (end is null)
        {
            return (Released, times, IsPlaceAtFault: false);
        }

        // Step 3
        _context.Board.Over(JobId, end);
        var isPlaceAtFault = ReportToBreaker(end);
        var replacements = _service is null ? 0 : _context.Options.Replacements;
        var hasOutputs = _launch.Job.JobOutputs is MappingToken { Entries.IsEmpty: false };
        var verdict = launched.Refusal ?? EndRules.Judge(end, _stop.Cause, attempt, replacements, hasOutputs);
        if (verdict.Action == VerdictAction.Replace)
        {
            _context.Logger.JobReplaced(JobId.ToString(), launched.Handle?.Location ?? "-", verdict.Reason, verdict.Message);
            await KeepAsync(_launch with { Attempt = attempt + 1 });
        }
        else
        {
            verdict = await _context.Reruns.OweAsync(_launch, verdict); // before GitHub is told: whatever happens to this agent then
        }

        // Steps 4 and 5
        await ReportAsync(verdict);
        _isSettled = verdict.Action != VerdictAction.Replace;
        await new PlaceCalls(_context, JobId).RemoveAsync(launched.Handle);
        return (verdict, times, isPlaceAtFault);
    }

    /// <summary>What the end says of the place; true where it is at fault.</summary>
    private bool ReportToBreaker(JobEnd end)
    {
        var isPlaceAtFault = end is { WorkerStarted: false, IsPlaceAtFault: true } && _stop.Cause == StopCause.None;
        if (isPlaceAtFault)
        {
            _breaker.Fail(end.Message ?? VerdictReasons.Of(end.Failure));
        }
        else if (end.WorkerStarted)
        {
            NoteSuccess();
        }

        return isPlaceAtFault;
    }

    private void NoteSuccess()
    {
        _trial?.Dispose();
        _trial = null;
        if (_isLaunchedHere)
        {
            _breaker.Succeed();
        }
    }

    private static JobVerdict Released { get; } = new()
    {
        Action = VerdictAction.None,
        Conclusion = Jobs.Outcomes.Conclusion.Abandoned,
        Reason = VerdictReasons.Released,
    };

    // A job that was just taken is locked for minutes, and most have a worker by then, which renews when it starts.
    private TimeSpan UntilFirstRenewal()
    {
        var left = _launch.MessageSeen + FreshLock - _context.Time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < FreshLock ? left : FreshLock; // clocks may have been set meanwhile
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (_service is not null
            && !await new LockRenewal(_service, _context.Options, _context.Time, _context.Logger).KeepAsync(UntilFirstRenewal(), cancellationToken)
            && await PassesAsync(QuickEnd, cancellationToken))
        {
            _stop.LoseLock();
        }
    }

    private async Task<bool> PassesAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await Task.Delay(time, _context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    /// <summary>Watches until the place is over; <c>null</c> where the job was left to a successor.</summary>
    private async Task<JobEnd?> WatchAsync(IJobHandle handle, CancellationTokenSource workerRuns, JobPhaseGauge phase)
    {
        _context.Logger.JobLaunched(JobId.ToString(), handle.Location);
        _context.Board.Placed(JobId, handle.Location);
        Place = handle;
        using var over = new CancellationTokenSource();
        List<Task> signals = [handle.Ended, handle.Started, _stop.Requested, _released.Task, _overAtGitHub.Task];
        Task? breath = null, grace = null;
        while (await Task.WhenAny(signals) is var signal && signal != handle.Ended)
        {
            signals.Remove(signal);
            if (signal == _released.Task)
            {
                await over.CancelAsync();
                handle.Release();
                _context.Logger.JobReleased(JobId.ToString(), handle.Location);
                return null;
            }

            if (signal == _stop.Requested)
            {
                await new PlaceCalls(_context, JobId).CancelAsync(handle, _stop);
            }
            else if (signal == breath)
            {
                NoteSuccess();
                handle.ForgetWork();
                _launch = _launch with { Job = handle.Launch.Job, Containers = handle.Launch.Containers };
                _isUnderWay = true;
            }
            else if (signal == _overAtGitHub.Task)
            {
                signals.Add(grace = Task.Delay(GraceAfterEnd, _context.Time, over.Token));
            }
            else if (signal == grace)
            {
                _stop.LoseLock();
            }
            else if (handle.Started.IsCompletedSuccessfully)
            {
                signals.Add(breath = Task.Delay(FirstBreath, _context.Time, over.Token));
                _kept?.NoteStart();
                await workerRuns.CancelAsync();
                phase.Runs();
                _context.Board.Runs(JobId, await handle.Started);
                _context.Logger.JobRuns(JobId.ToString(), handle.Location);
            }
        }

        await over.CancelAsync();
        if (handle.Ended.IsCanceled)
        {
            // Another agent took this one for gone and adopted the job: it is that one's now.
            _context.Logger.JobReleased(JobId.ToString(), handle.Location);
            return null;
        }

        var end = await handle.Ended;
        return end with { WorkerStarted = end.WorkerStarted || _isUnderWay };
    }

    private async Task ReportAsync(JobVerdict verdict)
    {
        if (verdict.Action != VerdictAction.Complete)
        {
            return;
        }

        if (_service is null)
        {
            _context.Logger.JobCannotBeCompleted(JobId.ToString(), verdict.Message);
        }
        else if (await new JobReport(_context.Options, _context.Time, _context.Logger).SendAsync(_service, verdict, CancellationToken.None))
        {
            _context.Logger.JobCompletedByAgent(JobId.ToString(), verdict.Message);
        }
    }

    // The next place may not come for long, and until then nothing else says of the job.
    private async Task KeepAsync(JobLaunch next)
    {
        if (_kept is { } kept)
        {
            await kept.LostAsync(next);
        }
        else if (_context.Journal is { } journal)
        {
            _kept = await journal.BeginAsync(JournalRecord.Of(next), CancellationToken.None);
        }
    }

    private Task RemoveKeptAsync() => _kept?.RemoveAsync() ?? Task.CompletedTask;
}
