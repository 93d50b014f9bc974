using System.Globalization;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Jobs;

/// <summary>
/// Brings queued jobs and waiting polls together, and sets the clock for each job that changes hands. Not thread-safe:
/// <see cref="JobBoard"/> guards it.
/// </summary>
internal sealed class JobDispatch(JobTable jobs, JobClock clock, EmulatorOptions options, EmulatorAddress address, TimeProvider time)
{
    private readonly PollTable _polls = new();
    private long _lastMessage;
    private long _lastRequest;

    /// <summary>What there is to say to a runner now, or <c>null</c>. An older poll of the same runner ends.</summary>
    public RunnerMessage? Next(RunnerRecord runner, bool takesJobs)
    {
        _polls.End(runner.Id);
        return _polls.TakePending(runner.Id) ?? (takesJobs ? OfferTo(runner) : null);
    }

    /// <summary>Lets a poll wait.</summary>
    public Poll Wait(RunnerRecord runner, bool takesJobs) => _polls.Add(runner, takesJobs);

    /// <summary>A poll has ended.</summary>
    public void Leave(Poll poll) => _polls.Remove(poll);

    /// <summary>Puts a job in the queue and gives it to whoever waits for one like it.</summary>
    public void Queue(JobState job)
    {
        Change(job);
        // Another runner first, where there is one.
        if ((_polls.LongestWaiting(poll => poll.Runner.Id != job.LostBy && jobs.CanTake(poll.Runner, job)) ?? _polls.LongestWaiting(poll => jobs.CanTake(poll.Runner, job)))
            is not { } poll)
        {
            return;
        }

        _polls.Remove(poll);
        if (!poll.Answer.TrySetResult(Offer(job, poll.Runner)) && jobs.Find(job.Id) is { } offered)
        {
            Withdraw(offered); // that poll has just ended
        }
    }

    /// <summary>Takes an offer back: the job is the first in the queue again.</summary>
    public void Withdraw(JobState job) => Queue(job.Withdraw());

    /// <summary>Sends a message to a runner, or keeps it for its next poll.</summary>
    public void Send(int runner, RunnerMessage message) => _polls.Send(runner, message);

    /// <summary>Tells the runner of a job to stop it.</summary>
    public void SendCancellation(int runner, JobState job) => Send(runner, BrokerMessages.Cancellation(++_lastMessage, job));

    /// <summary>A runner gets nothing more.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="endPoll">Whether its poll is answered now, or held to its end.</param>
    public void Close(int runner, bool endPoll)
    {
        jobs.Close(runner);
        _polls.Forget(runner, endPoll);
    }

    /// <summary>Stores the next state of a job and sets the clock for its offer or lock.</summary>
    public JobState Change(JobState job)
    {
        jobs.Store(job);
        if (job.DueAt is { } due)
        {
            clock.Set(job.Id, JobLimit.Due, TimeSpan.FromTicks(Math.Max(0, (due - time.GetUtcNow()).Ticks)));
        }
        else
        {
            clock.Lift(job.Id, JobLimit.Due);
        }

        return job;
    }

    /// <summary>The job that is on its way to this runner, or the first in the queue that it can take.</summary>
    private RunnerMessage? OfferTo(RunnerRecord runner) => jobs.OfRunner(runner.Id) switch
    {
        null => jobs.FirstFor(runner) is { } job ? Offer(job, runner) : null,

        // Not acknowledged and asked again: the message was lost.
        { Phase: JobPhase.Offered, IsAcknowledged: false } lost => MessageFor(lost),
        _ => null,
    };

    private RunnerMessage Offer(JobState job, RunnerRecord runner) =>
        MessageFor(Change(job.Offer(runner, NewRequestId(), time.GetUtcNow(), options.OfferDuration)));

    private RunnerMessage MessageFor(JobState job) => options.Protocol == EmulatorProtocol.V1
        ? TenantMessages.Job(++_lastMessage, job, address, options)
        : BrokerMessages.Job(++_lastMessage, job, address.RunService(job.Plan.Value));

    // The older protocol counts, the newer one gives names.
    private string NewRequestId() => options.Protocol == EmulatorProtocol.V1
        ? (++_lastRequest).ToString(CultureInfo.InvariantCulture)
        : Guid.NewGuid().ToString("D");
}
