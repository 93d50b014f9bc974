using System.Threading.Channels;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Runs.Concurrency;

namespace Runner.Cli.Running;

/// <summary>
/// Drives the runs of one event here: launches what is ready, no more than so many jobs at a time, brings results back to the plan, cancels,
/// and tells what happens. What follows from a result, <see cref="RunState"/> decides.
/// </summary>
/// <param name="launcher">Where jobs go.</param>
/// <param name="events">Takes what happens, in order; a slow reader slows the jobs down. It is not completed here.</param>
/// <param name="time">The clock.</param>
/// <param name="maxConcurrentJobs">Most jobs at a time, of all runs together; at least 1.</param>
internal sealed class RunEngine(IJobLauncher launcher, ChannelWriter<RunEvent> events, TimeProvider time, int maxConcurrentJobs)
{
    private readonly List<ActiveRun> _runs = [];
    private readonly ConcurrencyGroups _concurrency = new();
    private readonly Queue<(ActiveRun Run, PlannedJob Job)> _ready = [];
    private readonly Dictionary<Task<LocalJobResult>, RunningJob> _running = [];

    /// <summary>Runs the plans side by side to their end; gives the worst conclusion (Failed, Canceled, Succeeded, Skipped).</summary>
    /// <param name="plans">What to run.</param>
    /// <param name="cancel">The first Ctrl-C: cancels as GitHub would; jobs that run always still do.</param>
    /// <param name="kill">The second one: everything that runs is stopped at once, and nothing more begins.</param>
    public async Task<Conclusion> RunAsync(IReadOnlyList<RunPlan> plans, CancellationToken cancel, CancellationToken kill)
    {
        try
        {
            foreach (var plan in plans)
            {
                await StartAsync(plan);
            }

            await DriveAsync(cancel, kill);
        }
        finally
        {
            // Only after a bug something still runs here: it must not outlive us.
            await StopAllAsync();
        }

        return Conclusions.WorstOf(_runs.Select(run => run.State.Conclusion));
    }

    private async Task StartAsync(RunPlan plan)
    {
        var run = new ActiveRun(plan, new RunState(plan, _concurrency), time.GetUtcNow());
        _runs.Add(run);
        await events.WriteAsync(new RunStartedEvent(run.StartedAt, plan.Workflow.Path, plan.Name), CancellationToken.None);
        await FollowAsync(run, run.State.Start());
    }

    private async Task DriveAsync(CancellationToken cancel, CancellationToken kill)
    {
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancel.Register(canceled.SetResult);
        var isCanceled = false;
        while (_runs.Exists(run => !run.IsEnded))
        {
            Launch(kill);
            var next = await Task.WhenAny(isCanceled ? _running.Keys : _running.Keys.Append<Task>(canceled.Task));
            if (next is Task<LocalJobResult> ended)
            {
                await EndAsync(ended);
            }
            else
            {
                isCanceled = true;
                await CancelAsync();
            }
        }
    }

    private void Launch(CancellationToken kill)
    {
        while (_running.Count < maxConcurrentJobs && _ready.TryDequeue(out var next))
        {
            var (run, planned) = next;
            var stop = CancellationTokenSource.CreateLinkedTokenSource(kill);
            var job = new LocalJob(planned, run.Job(planned.Id, planned.DisplayName), launcher, events, time);
            _running.Add(job.RunAsync(run.PlanId, stop.Token, kill), new RunningJob(run, planned, stop));
        }
    }

    private async Task EndAsync(Task<LocalJobResult> ended)
    {
        _running.Remove(ended, out var job);
        job!.Stop.Dispose();
        var result = await ended;
        await FollowAsync(job.Run, job.Run.State.Complete(job.Planned.Id, result.Conclusion, result.Outputs));
    }

    private async Task CancelAsync()
    {
        foreach (var run in _runs.Where(run => !run.IsEnded))
        {
            await FollowAsync(run, run.State.Cancel());
        }
    }

    private async Task FollowAsync(ActiveRun run, RunChanges changes)
    {
        foreach (var concluded in changes.Concluded)
        {
            await events.WriteAsync(
                new LocalJobEndedEvent(time.GetUtcNow(), run.Job(concluded.Id, concluded.DisplayName), concluded.Conclusion, TimeSpan.Zero, concluded.Reason, []),
                CancellationToken.None);
        }

        await ReportWaitingAsync(run, changes);
        foreach (var planned in changes.Ready)
        {
            _ready.Enqueue((run, planned));
        }

        foreach (var job in changes.ToCancel)
        {
            await CancelAsync(run, job.Id, job.Reason);
        }

        if (run.State.IsFinished && !run.IsEnded)
        {
            run.IsEnded = true;
            var now = time.GetUtcNow();
            await events.WriteAsync(
                new RunEndedEvent(now, run.Plan.Workflow.Path, run.State.Conclusion, now - run.StartedAt), CancellationToken.None);
        }

        foreach (var concerned in _concurrency.TakeConcerned())
        {
            await FollowAsync(_runs.First(other => other.State == concerned), concerned.Continue());
        }
    }

    private async Task ReportWaitingAsync(ActiveRun run, RunChanges changes)
    {
        foreach (var waiting in changes.Waiting)
        {
            var now = time.GetUtcNow();
            await events.WriteAsync(
                waiting.Id is { } id
                    ? new LocalJobWaitingEvent(now, run.Job(id, waiting.DisplayName), $"waiting for concurrency group '{waiting.Group}'")
                    : new RunNoticeEvent(now, $"{run.Plan.Name} waits for another run of concurrency group '{waiting.Group}'"),
                CancellationToken.None);
        }
    }

    private async Task CancelAsync(ActiveRun run, PlannedJobId id, string reason)
    {
        if (_running.Values.FirstOrDefault(job => job.Run == run && job.Planned.Id == id) is { } running)
        {
            await running.Stop.CancelAsync();
            return;
        }

        // It is still in our own queue: nothing of it exists that could tell its end.
        var queued = _ready.First(next => next.Run == run && next.Job.Id == id);
        var others = _ready.Where(next => next != queued).ToList();
        _ready.Clear();
        others.ForEach(_ready.Enqueue);
        await events.WriteAsync(
            new LocalJobEndedEvent(time.GetUtcNow(), run.Job(id, queued.Job.DisplayName), Conclusion.Canceled, TimeSpan.Zero, $"Cancelled before it began: {reason}", []),
            CancellationToken.None);
        await FollowAsync(run, run.State.Complete(id, Conclusion.Canceled, []));
    }

    private async Task StopAllAsync()
    {
        foreach (var job in _running.Values)
        {
            await job.Stop.CancelAsync();
        }

        // What went wrong with them is not the first thing that went wrong, which is on its way out.
        await Task.WhenAll(_running.Keys).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        foreach (var job in _running.Values)
        {
            job.Stop.Dispose();
        }
    }

    private sealed record RunningJob(ActiveRun Run, PlannedJob Planned, CancellationTokenSource Stop);
}
