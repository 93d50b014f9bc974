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

/// <summary>One slot of a pool: a fresh ephemeral runner for every job, one job at a time.</summary>
/// <remarks>
/// <list type="number">
/// <item>Register a runner and open its session.</item>
/// <item>
/// Poll until a job is offered and acquired. An offer that is lost uses the runner up, as GitHub consumes its registration when it assigns
/// the job; so does a session that answers at once with nothing, and a registration that GitHub knows no more.
/// </item>
/// <item>Hand it to the supervisor; poll on, as busy, so that a cancel arrives.</item>
/// <item>Close the session. A runner that got no job is removed.</item>
/// </list>
/// A JIT configuration is never used twice: whatever goes wrong, the next turn registers anew.
/// </remarks>
internal sealed class RunnerSlot(
    IRunnerRegistrar registrar,
    IRunnerSessions sessions,
    JobSupervisor supervisor,
    SlotPipelines pipelines,
    RegistrationGate gate,
    LaunchBreakers breakers,
    JobJournal journal,
    OwnRunners own,
    AgentMetrics metrics,
    AgentOptions options,
    TimeProvider time,
    ILogger<RunnerSlot> logger)
{
    private static readonly TimeSpan SignOffLimit = TimeSpan.FromSeconds(10);

    // How long the answer of a poll may take that GitHub has begun to give when the slot wants to leave.
    private static readonly TimeSpan LastMessageLimit = TimeSpan.FromSeconds(5);

    private readonly SessionOpening _opening = new(sessions, options.Agent, time, logger);
    private readonly TimeSpan _lookInterval = IdleLook.Interval(options.Agent.IdleLookInterval, options.Pools.Sum(pool => pool.MaxJobs));

    /// <summary>Takes jobs until it is told to stop; a job that runs then is waited for.</summary>
    public async Task RunAsync(RunnerPool pool, LoopHealth health, CancellationToken stopping)
    {
        var turns = pipelines.Turns(pool.Name, health);
        var throttle = new OfferThrottle(time);
        var breaker = breakers.For(pool.Name);
        try
        {
            while (true)
            {
                await throttle.WaitAsync(stopping);
                health.Rest();
                var isProbe = await breaker.EnterAsync(stopping);
                health.Park();
                await pool.Capacity.EnterAsync(stopping);
                try
                {
                    await turns.ExecuteAsync(async token => await TurnAsync(pool, throttle, isProbe, health, token), stopping);
                }
                finally
                {
                    pool.Capacity.Leave();
                    if (isProbe)
                    {
                        breaker.EndProbe();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            health.Park();
        }
    }

    private async Task TurnAsync(RunnerPool pool, OfferThrottle throttle, bool isProbe, LoopHealth health, CancellationToken stopping)
    {
        // Step 1
        health.Turn(isReady: false);
        var registration = await gate.PassAsync(() => registrar.RegisterAsync(pool.Registration, stopping), stopping);
        own.Add(registration.Name);
        var leave = isProbe ? CancellationToken.None : breakers.For(pool.Name).Opening;
        var turn = new Turn(registration, pool, throttle, health, leave);
        try
        {
            turn.Session = await _opening.OpenAsync(registration, stopping);
            logger.RunnerWaits(pool.Name, registration.Name);

            // Step 2
            var polls = pipelines.Polls(pool.Name);
            var run = await TakeJobAsync(turn, turn.Session, polls, stopping);

            // Step 3
            if (run is not null)
            {
                throttle.Reset();
                turn.IsReleased = (await new SessionListener(turn.Session, polls, health, time, logger).FollowAsync(run)).Reason == VerdictReasons.Released;
            }
        }
        catch (ProtocolException refusal)
        {
            logger.SessionEnded(registration.Name, refusal.Kind, refusal.Message);
            throw;
        }
        finally
        {
            // Step 4; the session of a job that runs on stays, so that GitHub does not take its runner for gone.
            if (!turn.IsReleased)
            {
                await SignOffAsync(turn);
            }

            turn.Session?.Dispose();
            if (!turn.IsReleased)
            {
                own.Remove(registration.Name);
            }
        }
    }

    /// <summary>Waits for a job and starts it; <c>null</c> where the runner was used up without a job that runs.</summary>
    private async Task<JobRun?> TakeJobAsync(Turn turn, IRunnerSession session, ResiliencePipeline polls, CancellationToken stopping)
    {
        var listener = new SessionListener(session, polls, turn.Health, time, logger);
        var look = new IdleLook(registrar, turn.Registration, _lookInterval, time, logger);
        while (true)
        {
            var message = await NextAsync(turn, listener, stopping);
            var seen = time.GetUtcNow();
            if (message is not JobOffered { Request: var offer })
            {
                listener.Ignore(message);
                stopping.ThrowIfCancellationRequested();
                if (turn.Leave.IsCancellationRequested)
                {
                    return null; // jobs of this pool cannot be started just now
                }

                if (listener.IsUsedUp || await look.IsUsedUpAsync(stopping))
                {
                    throw new ProtocolException(ProtocolErrorKind.RunnerNotFound, "GitHub has no job for this runner any more");
                }

                continue;
            }

            var kept = journal.Begin(RecordOf(turn, offer, seen));
            try
            {
                // From here on the job is ours to finish, so a stopping agent does not interrupt it.
                if (!await session.AcknowledgeAsync(offer, CancellationToken.None))
                {
                    throw new ProtocolException(ProtocolErrorKind.AcknowledgeJobNotFound, "the job went away before it was acquired");
                }

                var job = await session.AcquireAsync(offer, CancellationToken.None);
                turn.HadJob = true;
                return Start(job, session, turn.Pool, seen, kept);
            }
            catch (UnreadableJobException error)
            {
                turn.HadJob = true;
                await FailAsync(error, turn.Pool, seen);
                kept?.Remove();
                return null;
            }
            catch (ProtocolException refusal)
            {
                // An ephemeral runner is consumed by the job that it is assigned, and never gets another.
                kept?.Remove();
                logger.OfferGone(offer.RunnerRequestId ?? "-", refusal.Message);
                turn.Throttle.Fail();
                return null;
            }
            catch (InfrastructureException error)
            {
                // It may be offered again, here or elsewhere.
                kept?.Remove();
                logger.OfferGone(offer.RunnerRequestId ?? "-", error.Message);
                turn.Throttle.Fail();
                await turn.Throttle.WaitAsync(stopping);
            }
        }
    }

    /// <summary>
    /// The next message. A slot that has to leave gives its registration back before it lets go of the poll: what GitHub sends into a poll
    /// that was given up is lost for a minute.
    /// </summary>
    private async Task<IncomingMessage?> NextAsync(Turn turn, SessionListener listener, CancellationToken stopping)
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
            turn.IsRemoved = await RemoveAsync(turn.Registration) is RemovalResult.Removed;
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

    private static JournalRecord RecordOf(Turn turn, RunnerJobRequest offer, DateTimeOffset seen) => new()
    {
        Pool = turn.Pool.Name,
        RunnerName = turn.Registration.Name,
        JitConfig = turn.Registration.EncodedJitConfig.Reveal(),
        RunnerRequestId = offer.RunnerRequestId ?? string.Empty,
        RunServiceUrl = offer.RunServiceUrl ?? string.Empty,
        BillingOwnerId = offer.BillingOwnerId,
        MessageSeen = seen,
    };

    private JobRun Start(AcquiredJob job, IRunnerSession session, RunnerPool pool, DateTimeOffset seen, JournalEntry? kept)
    {
        var message = job.Message;
        var launch = PoolLaunches.Of(message, session.RunnerName, pool, options, seen);
        kept?.Keep(launch);
        logger.JobTaken(message.JobId.ToString(), message.JobDisplayName, Repository(job), session.RunnerName, pool.Name);
        return supervisor.Start(launch, job.Service, kept);
    }

    private static string? Repository(AcquiredJob job) =>
        job.Message.ContextData.TryGetValue("github", out var github) ? (github as DictionaryData)?.FindText("repository") : null;

    private async Task FailAsync(UnreadableJobException error, RunnerPool pool, DateTimeOffset seen)
    {
        var verdict = JobVerdict.Failed(
            VerdictReasons.Invalid, $"The runner cannot read this job, so it did not run it: {error.Message}", isInfrastructure: true);
        var told = error.Service is { } service && await new JobReport(options.Agent, time, logger).SendAsync(service, verdict, CancellationToken.None);
        metrics.Ended(pool.Name, verdict.Conclusion, verdict.Reason, new LaunchTimes { MessageSeen = seen });
        logger.JobMalformed(error.Message, told);
    }

    private async Task SignOffAsync(Turn turn)
    {
        using var limit = new CancellationTokenSource(SignOffLimit, time);
        try
        {
            if (turn.Session is { } session)
            {
                await session.CloseAsync(limit.Token);
            }
        }
        catch (ProtocolException)
        {
            // The session is gone already: that is what was wanted.
        }
        catch (Exception error) when (error is InfrastructureException or OperationCanceledException)
        {
            logger.SignOffFailed(turn.Registration.Name, error.Message);
        }

        if (turn is { HadJob: false, IsRemoved: false })
        {
            await RemoveAsync(turn.Registration);
        }
    }

    private async Task<RemovalResult?> RemoveAsync(RunnerRegistration registration)
    {
        using var limit = new CancellationTokenSource(SignOffLimit, time);
        try
        {
            return await registrar.RemoveAsync(registration.RunnerId, limit.Token);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or OperationCanceledException)
        {
            logger.SignOffFailed(registration.Name, error.Message);
            return null;
        }
    }

    /// <summary>What is to be known of a turn when it ends, however it does.</summary>
    private sealed class Turn(RunnerRegistration registration, RunnerPool pool, OfferThrottle throttle, LoopHealth health, CancellationToken leave)
    {
        public RunnerRegistration Registration => registration;

        public RunnerPool Pool => pool;

        public OfferThrottle Throttle => throttle;

        public LoopHealth Health => health;

        /// <summary>Fires when the pool stops to take jobs.</summary>
        public CancellationToken Leave => leave;

        public IRunnerSession? Session { get; set; }

        /// <summary>Whether a job used the registration up.</summary>
        public bool HadJob { get; set; }

        /// <summary>Whether the registration is removed already.</summary>
        public bool IsRemoved { get; set; }

        /// <summary>Whether its job runs on without us.</summary>
        public bool IsReleased { get; set; }
    }
}
