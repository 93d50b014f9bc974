using System.Globalization;
using Runner.Emulator.Events;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Jobs;

/// <summary>
/// All jobs and the polls that wait for them. It alone gives jobs to runners: each to one, whose lock it watches.
/// </summary>
/// <remarks>
/// A job goes straight to the poll that has waited longest among those whose runner has all its labels. The message counts as arrived
/// when the runner acknowledges or acquires; until then the same runner's next poll gets it again, and when the offer ends the job goes
/// back to the queue.
/// </remarks>
internal sealed class JobBoard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly JobTable _jobs;
    private readonly JobClock _clock;
    private readonly JobDispatch _dispatch;
    private readonly EmulatorOptions _options;
    private readonly EventHub _events;
    private readonly TimeProvider _time;

    public JobBoard(EmulatorOptions options, EmulatorAddress address, RunnerGroups groups, EventHub events, TimeProvider time)
    {
        _jobs = new JobTable(groups);
        _options = options;
        _events = events;
        _time = time;
        _clock = new JobClock(time, OnLimit);
        _dispatch = new JobDispatch(_jobs, _clock, options, address, time);
    }

    /// <summary>A job has ended. Called once for each, outside of all locks, on the thread that ended it.</summary>
    public event Action<JobState>? JobEnded;

    /// <summary>An ephemeral runner lost the job that it was sent, and gets no other. Called outside of all locks.</summary>
    public event Action<int>? AssignmentLost;

    /// <summary>A job waits for a runner. Called outside of all locks.</summary>
    public event Action? JobWaits;

    /// <summary>A runner acquired a job. Called outside of all locks.</summary>
    public event Action<JobState>? JobStarted;

    /// <summary>A scale set lost a job that was assigned to it, as none of its runners took it. Called outside of all locks.</summary>
    public event Action<JobState>? AssignmentTakenBack;

    /// <summary>The job, or <c>null</c>.</summary>
    public JobState? Find(JobId id)
    {
        lock (_gate)
        {
            return _jobs.Find(id);
        }
    }

    /// <summary>The job that a runner has or is offered, or <c>null</c>.</summary>
    public JobState? FindOfRunner(int runner)
    {
        lock (_gate)
        {
            return _jobs.OfRunner(runner);
        }
    }

    /// <summary>Whether a runner runs a job now.</summary>
    public bool IsBusy(int runner)
    {
        lock (_gate)
        {
            return _jobs.OfRunner(runner)?.Phase == JobPhase.Running;
        }
    }

    /// <summary>Puts a new job at the end of the queue.</summary>
    public void Enqueue(JobState job)
    {
        lock (_gate)
        {
            job = job with { Phase = JobPhase.Queued, QueuedAt = _time.GetUtcNow() };
            Publish(job, EmulatorEventType.JobQueued);
            _dispatch.Queue(job);
        }

        JobWaits?.Invoke();
    }

    /// <summary>The jobs that wait and are not assigned to a scale set, in the order in which their turn comes.</summary>
    public IReadOnlyList<JobState> Unassigned()
    {
        lock (_gate)
        {
            return [.. _jobs.Queued.Where(job => job.ScaleSet is null)];
        }
    }

    /// <summary>The jobs that are assigned to a scale set and have not ended.</summary>
    public IReadOnlyList<JobState> OfScaleSet(int set)
    {
        lock (_gate)
        {
            return [.. _jobs.OfScaleSet(set)];
        }
    }

    /// <summary>Assigns a job that waits to a scale set; <c>null</c> where it waits no more.</summary>
    public JobState? Assign(JobId id, int set)
    {
        lock (_gate)
        {
            if (_jobs.Find(id) is not { Phase: JobPhase.Queued, ScaleSet: null } job)
            {
                return null;
            }

            job = job.Assign(set, _time.GetUtcNow());
            _clock.Set(id, JobLimit.Assignment, _options.AssignmentDuration);
            _dispatch.Queue(job);
            return job;
        }
    }

    /// <summary>Takes the jobs of a scale set that is gone back, where no runner has them.</summary>
    public void Unassign(int set)
    {
        lock (_gate)
        {
            foreach (var job in _jobs.OfScaleSet(set).Where(job => job.Phase == JobPhase.Queued).ToList())
            {
                _clock.Lift(job.Id, JobLimit.Assignment);
                _dispatch.Queue(job.Unassign(isLost: false));
            }
        }

        JobWaits?.Invoke();
    }

    /// <summary>Waits for the next message of a runner; <c>null</c> when there was none for as long as a poll is held.</summary>
    /// <param name="runner">Who polls. An older poll of the same runner ends at once.</param>
    /// <param name="takesJobs">Whether the runner is free.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<RunnerMessage?> NextMessageAsync(RunnerRecord runner, bool takesJobs, CancellationToken cancellationToken)
    {
        Poll poll;
        lock (_gate)
        {
            if (_dispatch.Next(runner, takesJobs) is { } message)
            {
                return message;
            }

            poll = _dispatch.Wait(runner, takesJobs);
        }

        using var held = new CancellationTokenSource(_options.PollDuration, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(held.Token, cancellationToken);
        using var registration = ending.Token.Register(() => poll.Answer.TrySetResult(null));
        var answer = await poll.Answer.Task;
        lock (_gate)
        {
            _dispatch.Leave(poll);
        }

        return answer;
    }

    /// <summary>Takes back a message that did not reach its runner.</summary>
    public void Return(int runner, RunnerMessage message)
    {
        // A job's message comes again with the next poll anyway.
        if (message.MessageType != RunnerMessageTypes.RunnerJobRequest)
        {
            lock (_gate)
            {
                _dispatch.Send(runner, message);
            }
        }
    }

    /// <summary>Notes that the message arrived. False where the job is no longer offered to that runner.</summary>
    public bool Acknowledge(int runner, string? request)
    {
        lock (_gate)
        {
            if (_jobs.FindRequest(request) is not { } job || job.Holder != runner)
            {
                return false;
            }

            _jobs.Store(job with { IsAcknowledged = true });
            return true;
        }
    }

    /// <summary>Gives a job to the runner it was offered to; asking again gives it again. A refusal costs an ephemeral runner its registration.</summary>
    public Acquisition Acquire(RunnerRecord runner, string? request)
    {
        Acquisition acquisition;
        var isStart = false;
        lock (_gate)
        {
            isStart = _jobs.FindRequest(request)?.Phase == JobPhase.Offered;
            acquisition = AcquireHeld(runner.Id, request);
            if (acquisition.Job is null && runner.IsEphemeral && _jobs.OfRunner(runner.Id) is null)
            {
                _dispatch.Close(runner.Id, endPoll: false);
            }
        }

        if (acquisition.Job is null && runner.IsEphemeral && !IsHolding(runner.Id))
        {
            AssignmentLost?.Invoke(runner.Id);
        }

        if (isStart && acquisition.Job is { } started)
        {
            JobStarted?.Invoke(started);
        }

        return acquisition;
    }

    /// <summary>Prolongs the lock; <c>null</c> where the job does not run.</summary>
    public JobState? Renew(PlanId plan, JobId id)
    {
        lock (_gate)
        {
            return _jobs.Running(plan, id) is { } job ? _dispatch.Change(job.Start(_time.GetUtcNow(), _options.LockDuration)) : null;
        }
    }

    /// <summary>Ends a running job as its runner says; <c>null</c> where the job does not run.</summary>
    public JobState? Complete(PlanId plan, JobId id, Func<JobState, JobState> result) =>
        End(() => _jobs.Running(plan, id) is { } job ? result(job) : null);

    /// <summary>Changes what is known of a job, such as its steps; <c>null</c> where the job is not known.</summary>
    public JobState? Update(JobId id, Func<JobState, JobState> change)
    {
        lock (_gate)
        {
            if (_jobs.Find(id) is not { } job)
            {
                return null;
            }

            job = change(job);
            _jobs.Store(job);
            return job;
        }
    }

    /// <summary>
    /// Cancels a job: one that runs is told by message and ended by force when it does not stop in time, another ends at once.
    /// False where it is not known or has ended.
    /// </summary>
    public bool Cancel(JobId id)
    {
        lock (_gate)
        {
            if (_jobs.Find(id) is { Phase: JobPhase.Running, RunnerId: { } runner } job)
            {
                _jobs.Store(job with { IsCancelRequested = true });
                _clock.Set(id, JobLimit.CancelTimeout, job.CancelTimeout);
                _dispatch.SendCancellation(runner, job);
                return true;
            }
        }

        JobState? unstarted = null;
        var isCancelled = End(() =>
        {
            unstarted = _jobs.Find(id) is { Phase: not JobPhase.Completed } job ? job : null;
            return unstarted?.CancelUnstarted(_time.GetUtcNow());
        }) is not null;
        Lose(unstarted);
        return isCancelled;
    }

    /// <summary>Ends a job at once, whatever its runner does (<c>force-cancel</c>). False where it is not known or has ended.</summary>
    public bool ForceCancel(JobId id)
    {
        JobState? before = null;
        var isCancelled = End(() =>
        {
            before = _jobs.Find(id) is { Phase: not JobPhase.Completed } job ? job : null;
            return before?.Phase == JobPhase.Running
                ? before.Complete(Conclusion.Canceled, "The run was cancelled by force.", _time.GetUtcNow())
                : before?.CancelUnstarted(_time.GetUtcNow());
        }) is not null;
        if (before is { Phase: JobPhase.Running, RunnerId: { } runner })
        {
            lock (_gate)
            {
                _dispatch.SendCancellation(runner, before);
            }
        }

        Lose(before);
        return isCancelled;
    }

    /// <summary>A runner was removed: it gets no further job, and one that it did not acquire goes back to the queue.</summary>
    public void RemoveRunner(int runner)
    {
        lock (_gate)
        {
            _dispatch.Close(runner, endPoll: true);
            if (_jobs.OfRunner(runner) is { Phase: JobPhase.Offered } job)
            {
                _dispatch.Withdraw(job);
            }
        }
    }

    /// <summary>Forgets a job that has ended.</summary>
    public void Forget(JobId id)
    {
        lock (_gate)
        {
            _jobs.Remove(id);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _clock.Dispose();
        }
    }

    /// <summary>Ends a job, and tells of it once the lock is free. <c>null</c> where there was nothing to end.</summary>
    private JobState? End(Func<JobState?> ending)
    {
        JobState? job;
        lock (_gate)
        {
            job = ending();
            if (job is null)
            {
                return null;
            }

            if (job is { RunnerId: { } runner, IsRunnerEphemeral: true })
            {
                _dispatch.Close(runner, endPoll: false);
            }

            _jobs.Store(job);
            _clock.Lift(job.Id);
            Publish(job, EmulatorEventType.JobCompleted);
        }

        JobEnded?.Invoke(job);
        return job;
    }

    private bool IsHolding(int runner)
    {
        lock (_gate)
        {
            return _jobs.OfRunner(runner) is not null;
        }
    }

    // The bodies are those that were seen live (actions/runner#4617, #4728).
    private Acquisition AcquireHeld(int runner, string? request)
    {
        switch (_jobs.FindRequest(request))
        {
            case { Phase: JobPhase.Completed, IsCancelRequested: true }:
                return Acquisition.Refused(404, "job was canceled");
            case { Phase: JobPhase.Completed }:
                return Acquisition.Refused(404, "job has already ended");
            case null:
            case var other when other.Holder != runner:
                return Acquisition.Refused(409, "job assignment is invalid: MissingKey");
            case { Phase: JobPhase.Running } own:
                return new Acquisition { Job = own };
            case var offered:
                var job = _dispatch.Change(offered.Start(_time.GetUtcNow(), _options.LockDuration));
                _clock.Set(job.Id, JobLimit.Timeout, job.Timeout);
                Publish(job, EmulatorEventType.JobStarted);
                return new Acquisition { Job = job };
        }
    }

    private void OnLimit(JobId id, JobLimit limit)
    {
        switch (limit)
        {
            case JobLimit.Timeout:
                Update(id, job => job with { Reason = $"The job has run for longer than the {Minutes(job.Timeout)} that it may." });
                Cancel(id);
                break;
            case JobLimit.CancelTimeout:
                End(() => _jobs.Find(id) is { Phase: JobPhase.Running } job
                    ? job.Complete(Conclusion.Canceled, job.Reason ?? "The job was cancelled and did not stop in time.", _time.GetUtcNow())
                    : null);
                break;
            case JobLimit.Due:
                OnDue(id);
                break;
            case JobLimit.Assignment:
                OnAssignment(id);
                break;
        }
    }

    /// <summary>Tells that a job which was offered is not its ephemeral runner's any more.</summary>
    private void Lose(JobState? offered)
    {
        if (offered is not { Phase: JobPhase.Offered, RunnerId: { } runner, IsRunnerEphemeral: true })
        {
            return;
        }

        lock (_gate)
        {
            _dispatch.Close(runner, endPoll: false);
        }

        AssignmentLost?.Invoke(runner);
    }

    /// <summary>Takes a job back from a scale set whose runners did not come; after some times it is given up.</summary>
    private void OnAssignment(JobId id)
    {
        const int MaxReassignments = 3;
        JobState? lost;
        lock (_gate)
        {
            lost = _jobs.Find(id) is { ScaleSet: not null, Phase: JobPhase.Queued or JobPhase.Offered } job ? job : null;
            if (lost?.Phase == JobPhase.Offered)
            {
                _clock.Set(id, JobLimit.Assignment, _options.OfferDuration); // a runner is about to take it
                return;
            }

            if (lost is { LostAssignments: < MaxReassignments })
            {
                _dispatch.Queue(lost.Unassign(isLost: true));
            }
        }

        if (lost is { LostAssignments: < MaxReassignments })
        {
            AssignmentTakenBack?.Invoke(lost);
        }
        else if (lost is not null)
        {
            End(() => _jobs.Find(id) is { Phase: JobPhase.Queued, ScaleSet: not null } job ? job.GiveUp(_time.GetUtcNow()) : null);
        }
    }

    private void OnDue(JobId id)
    {
        JobState? lost = null;
        lock (_gate)
        {
            if (_jobs.Find(id) is { Phase: JobPhase.Offered or JobPhase.Running, DueAt: { } due } early && due > _time.GetUtcNow())
            {
                _dispatch.Change(early); // timers count whole milliseconds, and ring up to one too soon
                return;
            }

            if (_jobs.Find(id) is { Phase: JobPhase.Offered } offered && offered.DueAt <= _time.GetUtcNow())
            {
                lost = offered;
                if (offered.IsRunnerEphemeral && offered.RunnerId is { } runner)
                {
                    _dispatch.Close(runner, endPoll: false);
                }

                if (offered.LostOffers + 1 < _options.MaxOffers)
                {
                    _dispatch.Withdraw(offered with { LostOffers = offered.LostOffers + 1 });
                }
            }
        }

        if (lost is not null)
        {
            Lose(lost);
            End(() => _jobs.Find(id) is { Phase: JobPhase.Offered } job && job.RequestId == lost.RequestId ? job.GiveUp(_time.GetUtcNow()) : null);
            return;
        }

        // Where it was renewed meanwhile there is nothing to do.
        End(() => _jobs.Find(id) is { Phase: JobPhase.Running } job && job.DueAt <= _time.GetUtcNow()
            ? job.Complete(
                Conclusion.Failed,
                $"The runner {job.RunnerName} lost communication with the server: it did not renew the job for {Minutes(_options.LockDuration)}.",
                _time.GetUtcNow())
            : null);
    }

    private static string Minutes(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.##} min");

    private void Publish(JobState job, EmulatorEventType type) => _events.Publish(new EmulatorEvent
    {
        Type = type,
        RunId = job.RunId,
        JobId = job.Id,
        Name = job.Name,
        Runner = job.RunnerName,
        Labels = job.Labels,
        Conclusion = job.Conclusion,
        Reason = job.Reason,
        Seconds = (job.CompletedAt - job.StartedAt)?.TotalSeconds,
    });
}
