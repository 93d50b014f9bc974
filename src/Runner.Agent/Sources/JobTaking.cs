using Microsoft.Extensions.Logging;
using Polly;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Supervision;
using Runner.GitHub.Registration;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>Takes the one job of a runner: waits for its offer, acquires it, keeps it in the journal from before that, and starts it.</summary>
internal sealed class JobTaking(
    JobSupervisor supervisor, IJobJournal journal, JobSizing sizing, AgentMetrics metrics, AgentOptions options, TimeProvider time, ILogger<RunnerSlot> logger)
{
    // How long the answer of a poll may take that GitHub has begun to give when the slot wants to leave.
    private static readonly TimeSpan LastMessageLimit = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _lookInterval = IdleLook.Interval(options.Agent.IdleLookInterval, options.Pools.Sum(pool => pool.MaxJobs));

    /// <summary>Waits for a job and starts it; <c>null</c> where the runner was used up without a job that runs.</summary>
    public async Task<JobRun?> TakeAsync(
        TurnState turn, RunnerRegistration registration, IRunnerSession session, ResiliencePipeline polls, CancellationToken stopping)
    {
        using var waiting = metrics.GitHub.Waiting(turn.Pool.Name);
        var began = time.GetTimestamp();
        var listener = new SessionListener(session, polls, turn.Health, time, logger);
        var look = new IdleLook(turn.Order, registration, _lookInterval, time, logger);
        while (true)
        {
            var message = await NextAsync(turn, registration, listener, stopping);
            var seen = time.GetUtcNow();
            if (message is not JobOffered { Request: var offer })
            {
                listener.Ignore(message);
                stopping.ThrowIfCancellationRequested();
                if (turn.Leave.IsCancellationRequested)
                {
                    return null; // jobs of this pool cannot be started just now
                }

                if (turn.Order.MayLeave(time.GetElapsedTime(began)))
                {
                    logger.RunnerLeaves(turn.Pool.Name, registration.Name);
                    return null;
                }

                if (listener.IsUsedUp || await look.IsUsedUpAsync(stopping))
                {
                    throw new ProtocolException(ProtocolErrorKind.RunnerNotFound, "GitHub has no job for this runner any more");
                }

                continue;
            }

            var offerId = offer.RunnerRequestId ?? $"of message {message.MessageId}";
            var kept = await journal.BeginAsync(RecordOf(turn.Pool, registration, offer, seen), CancellationToken.None);

            var acknowledged = AcknowledgeAsync(session, offer);
            try
            {
                // From here on the job is ours to finish, so a stopping agent does not interrupt it.
                var job = await session.AcquireAsync(offer, CancellationToken.None);
                turn.HadJob = true;
                turn.Ticket.Take();
                var asked = turn.Order.AskedBy(job.Message.JobId);
                turn.Order.Took(job.Message.JobId);
                return await StartAsync(job, asked, session, turn.Pool, seen, kept);
            }
            catch (UnreadableJobException error)
            {
                turn.HadJob = true;
                if (error.Service is { } service)
                {
                    turn.Order.Took(service.JobId);
                }

                await FailAsync(error, turn.Pool, seen);
                await RemoveAsync(kept);
                return null;
            }
            catch (ProtocolException refusal)
            {
                // An ephemeral runner is consumed by the job that it is assigned, and never gets another.
                await RemoveAsync(kept);
                logger.OfferGone(offerId, refusal.Message);
                turn.Throttle.Fail();
                return null;
            }
            catch (InfrastructureException error)
            {
                // It may be offered again, here or elsewhere.
                await RemoveAsync(kept);
                logger.OfferGone(offerId, error.Message);
                turn.Throttle.Fail();
                await turn.Throttle.WaitAsync(stopping);
            }
            finally
            {
                await acknowledged;
            }
        }
    }

    /// <summary>
    /// The next message. A slot that has to leave gives its registration back before it lets go of the poll: what GitHub sends into a poll
    /// that was given up is lost for a minute.
    /// </summary>
    private async Task<IncomingMessage?> NextAsync(
        TurnState turn, RunnerRegistration registration, SessionListener listener, CancellationToken stopping)
    {
        using var poll = new CancellationTokenSource();
        var next = listener.NextAsync(RunnerStatus.Online, poll.Token);
        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping, turn.Leave))
        {
            await Task.WhenAny(next, Task.Delay(Timeout.InfiniteTimeSpan, time, leaving.Token));
            await leaving.CancelAsync();
        }

        if (!next.IsCompleted)
        {
            turn.IsRemoved = await turn.RemoveAsync(registration, time, logger) is RemovalResult.Removed;
            if (!turn.IsRemoved)
            {
                await Task.WhenAny(next, Task.Delay(LastMessageLimit, time, CancellationToken.None));
            }

            await poll.CancelAsync();
        }

        try
        {
            return await next;
        }
        catch (Exception error) when ((stopping.IsCancellationRequested || turn.Leave.IsCancellationRequested)
            && error is OperationCanceledException or ProtocolException or InfrastructureException)
        {
            return null;
        }
    }

    // At the same time, as GitHub gives the job without it: whether it is still there says the acquisition.
    private async Task AcknowledgeAsync(IRunnerSession session, RunnerJobRequest offer)
    {
        try
        {
            await session.AcknowledgeAsync(offer, CancellationToken.None);
        }
        catch (Exception error) when (error is ProtocolException or InfrastructureException)
        {
            logger.OfferNotAcknowledged(offer.RunnerRequestId ?? "-", error.Message);
        }
    }

    private static JournalRecord RecordOf(RunnerPool pool, RunnerRegistration registration, RunnerJobRequest offer, DateTimeOffset seen) => new()
    {
        Pool = pool.Name,
        RunnerName = registration.Name,
        JitConfig = registration.EncodedJitConfig.Reveal(),
        RunnerRequestId = offer.RunnerRequestId ?? string.Empty,
        RunServiceUrl = offer.RunServiceUrl ?? string.Empty,
        BillingOwnerId = offer.BillingOwnerId,
        JobMessage = offer.JobMessage,
        MessageSeen = seen,
    };

    private async Task<JobRun?> StartAsync(
        AcquiredJob job, IReadOnlyList<string>? asked, IRunnerSession session, RunnerPool pool, DateTimeOffset seen, JournalEntry? kept)
    {
        var message = job.Message;
        try
        {
            var size = await sizing.FindAsync(pool, message, asked, CancellationToken.None);
            var launch = PoolLaunches.Of(message, session.RunnerName, pool, size, options, seen);
            if (journal.KeepsToTheEnd)
            {
                kept?.Keep(launch); // elsewhere its place says all, and until it has one it is acquired again
            }

            logger.JobTaken(message.JobId.ToString(), message.JobDisplayName, Repository(job), session.RunnerName, pool.Name);
            return supervisor.Start(launch, job.Service, kept);
        }
        catch (WorkflowException refusal)
        {
            var verdict = JobVerdict.Failed(VerdictReasons.Unplaceable, refusal.Message, isInfrastructure: false);
            supervisor.Refuse(message, pool.Name, session.RunnerName, seen, verdict);
            await FailAsync(job.Service, verdict, pool, seen);
            logger.JobEnded(message.JobId.ToString(), verdict.Conclusion, verdict.Reason, refusal.Message);
            await RemoveAsync(kept);
            return null;
        }
    }

    private static Task RemoveAsync(JournalEntry? kept) => kept?.RemoveAsync() ?? Task.CompletedTask;

    private static string? Repository(AcquiredJob job) =>
        job.Message.ContextData.TryGetValue("github", out var github) ? (github as DictionaryData)?.FindText("repository") : null;

    private async Task FailAsync(UnreadableJobException error, RunnerPool pool, DateTimeOffset seen)
    {
        var verdict = JobVerdict.Failed(
            VerdictReasons.Invalid, $"The runner cannot read this job, so it did not run it: {error.Message}", isInfrastructure: true);
        logger.JobMalformed(error.Message, await FailAsync(error.Service, verdict, pool, seen));
    }

    private async Task<bool> FailAsync(IJobService? service, JobVerdict verdict, RunnerPool pool, DateTimeOffset seen)
    {
        var told = service is not null && await new JobReport(options.Agent, time, logger).SendAsync(service, verdict, CancellationToken.None);
        metrics.Ended(pool.Name, verdict.Conclusion, verdict.Reason, new LaunchTimes { MessageSeen = seen }, time.GetUtcNow());
        return told;
    }
}
