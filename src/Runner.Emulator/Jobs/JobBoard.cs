using System.Globalization;
using Runner.Emulator.Events;
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
internal sealed class JobBoard(EmulatorOptions options, EmulatorAddress address, EventHub events, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, JobState> _jobs = [];
    private readonly List<JobId> _queue = [];
    private readonly Dictionary<int, JobId> _byRunner = [];
    private readonly Dictionary<string, JobId> _byRequest = new(StringComparer.Ordinal);
    private readonly Dictionary<JobId, ITimer> _timers = [];
    private readonly PollTable _polls = new();
    private readonly HashSet<int> _spent = [];
    private long _lastMessage;

    /// <summary>A job has ended. Called once for each, outside of all locks, on the thread that ended it.</summary>
    public event Action<JobState>? JobEnded;

    /// <summary>The job, or <c>null</c>.</summary>
    public JobState? Find(JobId id)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(id);
        }
    }

    /// <summary>Whether a runner has a job now.</summary>
    public bool IsBusy(int runner)
    {
        lock (_gate)
        {
            return _byRunner.TryGetValue(runner, out var id) && _jobs[id].Phase == JobPhase.Running;
        }
    }

    /// <summary>Puts a job at the end of the queue. False where the id is known already.</summary>
    public bool Enqueue(JobState job)
    {
        lock (_gate)
        {
            if (!_jobs.TryAdd(job.Id, job with { Phase = JobPhase.Queued, QueuedAt = time.GetUtcNow() }))
            {
                return false;
            }

            Publish(_jobs[job.Id], EmulatorEventType.JobQueued);
            Queue(job.Id, _queue.Count);
            return true;
        }
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
            _polls.End(runner.Id);
            if (_polls.TakePending(runner.Id) is { } pending)
            {
                return pending;
            }

            if (takesJobs && OfferTo(runner) is { } offer)
            {
                return offer;
            }

            poll = _polls.Add(runner, takesJobs);
        }

        using var held = new CancellationTokenSource(options.PollDuration, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(held.Token, cancellationToken);
        using var registration = ending.Token.Register(() => poll.Answer.TrySetResult(null));
        var message = await poll.Answer.Task;
        lock (_gate)
        {
            _polls.Remove(poll);
        }

        return message;
    }

    /// <summary>Takes back a message that did not reach its runner.</summary>
    public void Return(int runner, RunnerMessage message)
    {
        // A job's message comes again with the next poll anyway.
        if (message.MessageType != RunnerMessageTypes.RunnerJobRequest)
        {
            lock (_gate)
            {
                _polls.Send(runner, message);
            }
        }
    }

    /// <summary>Notes that the message arrived. False where the job is no longer offered to that runner.</summary>
    public bool Acknowledge(int runner, string? request)
    {
        lock (_gate)
        {
            if (FindRequest(request) is not { } job || job.RunnerId != runner || job.Phase == JobPhase.Completed)
            {
                return false;
            }

            _jobs[job.Id] = job with { IsAcknowledged = true };
            return true;
        }
    }

    /// <summary>Gives a job to the runner it was offered to; asking again gives it again.</summary>
    public Acquisition Acquire(int runner, string? request)
    {
        lock (_gate)
        {
            switch (FindRequest(request))
            {
                case null:
                    return Acquisition.Refused(404, $"No job waits under '{request}'.");
                case { Phase: JobPhase.Completed, IsCancelRequested: true }:
                    return Acquisition.Refused(422, "The job was cancelled before it was acquired.");
                case { Phase: JobPhase.Completed }:
                    return Acquisition.Refused(404, "The job has ended.");
                case var job when job.RunnerId != runner:
                    return Acquisition.Refused(409, "The job belongs to another runner.");
                case var job:
                    var isNew = job.Phase != JobPhase.Running;
                    job = Change(job.Start(time.GetUtcNow(), options.LockDuration));
                    if (isNew)
                    {
                        Publish(job, EmulatorEventType.JobStarted);
                    }

                    return new Acquisition { Job = job };
            }
        }
    }

    /// <summary>Prolongs the lock; <c>null</c> where the job does not run.</summary>
    public JobState? Renew(PlanId plan, JobId id)
    {
        lock (_gate)
        {
            return Running(plan, id) is { } job ? Change(job.Start(time.GetUtcNow(), options.LockDuration)) : null;
        }
    }

    /// <summary>Ends a running job as its runner says; <c>null</c> where the job does not run.</summary>
    public JobState? Complete(PlanId plan, JobId id, Func<JobState, JobState> result)
    {
        JobState ended;
        lock (_gate)
        {
            if (Running(plan, id) is not { } job)
            {
                return null;
            }

            ended = End(result(job));
        }

        JobEnded?.Invoke(ended);
        return ended;
    }

    /// <summary>Changes what is known of a running job, such as its steps; <c>null</c> where the job is not known.</summary>
    public JobState? Update(JobId id, Func<JobState, JobState> change)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(id, out var job) ? _jobs[id] = change(job) : null;
        }
    }

    /// <summary>Cancels a job: one that runs is told by message, another ends at once. False where it is not known or has ended.</summary>
    public bool Cancel(JobId id)
    {
        JobState ended;
        lock (_gate)
        {
            if (!_jobs.TryGetValue(id, out var job) || job.Phase == JobPhase.Completed)
            {
                return false;
            }

            job = Change(job with { IsCancelRequested = true });
            if (job is { Phase: JobPhase.Running, RunnerId: { } runner })
            {
                _polls.Send(runner, BrokerMessages.Cancellation(++_lastMessage, id));
                return true;
            }

            ended = End(job.Complete(Conclusion.Canceled, "Cancelled before a runner took it.", time.GetUtcNow()));
        }

        JobEnded?.Invoke(ended);
        return true;
    }

    /// <summary>A runner was removed: it gets no further job, and one that it did not acquire goes back to the queue.</summary>
    public void RemoveRunner(int runner)
    {
        lock (_gate)
        {
            _spent.Add(runner);
            _polls.Forget(runner, endPoll: true);
            if (_byRunner.TryGetValue(runner, out var id) && _jobs[id].Phase == JobPhase.Offered)
            {
                Withdraw(_jobs[id]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }
        }
    }

    private JobState? FindRequest(string? request) =>
        request is not null && _byRequest.TryGetValue(request, out var id) ? _jobs[id] : null;

    private JobState? Running(PlanId plan, JobId id) =>
        _jobs.TryGetValue(id, out var job) && job.Plan == plan && job.Phase == JobPhase.Running ? job : null;

    /// <summary>The job that is on its way to this runner, or the first in the queue that it can take.</summary>
    private RunnerMessage? OfferTo(RunnerRecord runner)
    {
        if (_byRunner.TryGetValue(runner.Id, out var own))
        {
            // Not acknowledged and asked again: the message was lost.
            return _jobs[own] is { Phase: JobPhase.Offered, IsAcknowledged: false } lost ? MessageFor(lost) : null;
        }

        var index = _queue.FindIndex(id => CanTake(runner, _jobs[id]));
        return index < 0 ? null : Offer(_jobs[_queue[index]], runner);
    }

    private bool CanTake(RunnerRecord runner, JobState job) =>
        !_byRunner.ContainsKey(runner.Id) && !_spent.Contains(runner.Id) && runner.HasAll(job.Labels);

    private RunnerMessage Offer(JobState job, RunnerRecord runner)
    {
        _queue.Remove(job.Id);
        job = Change(job.Offer(runner, Guid.NewGuid().ToString("D"), time.GetUtcNow(), options.OfferDuration));
        _byRunner[runner.Id] = job.Id;
        _byRequest[job.RequestId ?? string.Empty] = job.Id;
        return MessageFor(job);
    }

    private RunnerMessage MessageFor(JobState job) => BrokerMessages.Job(++_lastMessage, job, address.RunService(job.Plan.Value));

    /// <summary>Puts a job in the queue and gives it to whoever waits for one like it.</summary>
    private void Queue(JobId id, int place)
    {
        _queue.Insert(place, id);
        while (_queue.Contains(id) && _polls.LongestWaiting(poll => CanTake(poll.Runner, _jobs[id])) is { } poll)
        {
            _polls.Remove(poll);
            var message = Offer(_jobs[id], poll.Runner);
            if (!poll.Answer.TrySetResult(message))
            {
                Withdraw(_jobs[id]); // that poll has just ended
            }
        }
    }

    private void Withdraw(JobState job)
    {
        _byRunner.Remove(job.RunnerId ?? 0);
        _byRequest.Remove(job.RequestId ?? string.Empty);
        Change(job.Withdraw());
        Queue(job.Id, 0);
    }

    private JobState End(JobState job)
    {
        _queue.Remove(job.Id);
        if (job.RunnerId is { } runner)
        {
            _byRunner.Remove(runner);
            if (job.IsRunnerEphemeral)
            {
                _spent.Add(runner);
                _polls.Forget(runner, endPoll: false);
            }
        }

        job = Change(job);
        Publish(job, EmulatorEventType.JobCompleted);
        return job;
    }

    /// <summary>Stores the next state and sets the clock for its end.</summary>
    private JobState Change(JobState job)
    {
        _jobs[job.Id] = job;
        if (job.DueAt is not { } due)
        {
            if (_timers.Remove(job.Id, out var old))
            {
                old.Dispose();
            }
        }
        else
        {
            var wait = TimeSpan.FromTicks(Math.Max(0, (due - time.GetUtcNow()).Ticks));
            if (_timers.TryGetValue(job.Id, out var timer))
            {
                timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _timers[job.Id] = time.CreateTimer(_ => OnDue(job.Id), null, wait, Timeout.InfiniteTimeSpan);
            }
        }

        return job;
    }

    private void OnDue(JobId id)
    {
        JobState ended;
        lock (_gate)
        {
            if (!_jobs.TryGetValue(id, out var job) || job.DueAt is not { } due || due > time.GetUtcNow())
            {
                return; // renewed meanwhile
            }

            if (job.Phase == JobPhase.Offered)
            {
                Withdraw(job);
                return;
            }

            ended = End(job.Complete(
                Conclusion.Failed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The runner {job.RunnerName} did not renew its lock for {options.LockDuration.TotalMinutes:0.##} min: it lost communication with the server."),
                time.GetUtcNow()));
        }

        JobEnded?.Invoke(ended);
    }

    private void Publish(JobState job, EmulatorEventType type) => events.Publish(new EmulatorEvent
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
