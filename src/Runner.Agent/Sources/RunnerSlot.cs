using Microsoft.Extensions.Logging;
using Polly;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.Backends;
using Runner.GitHub.Registration;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Protocol;
using Runner.Protocol.Broker;

namespace Runner.Agent.Sources;

/// <summary>One slot of a pool: a fresh ephemeral runner for every job, one job at a time.</summary>
/// <remarks>
/// <list type="number">
/// <item>Register a runner and open its session.</item>
/// <item>Poll until a job is offered and acquired.</item>
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
    AgentMetrics metrics,
    AgentOptions options,
    TimeProvider time,
    ILogger<RunnerSlot> logger)
{
    private static readonly TimeSpan SignOffLimit = TimeSpan.FromSeconds(10);

    /// <summary>Takes jobs until it is told to stop; a job that runs then is waited for.</summary>
    public async Task RunAsync(RunnerPool pool, LoopHealth health, CancellationToken stopping)
    {
        var turns = pipelines.Turns(pool.Name);
        try
        {
            while (true)
            {
                health.Park();
                await pool.Capacity.EnterAsync(stopping);
                try
                {
                    await turns.ExecuteAsync(async token => await TurnAsync(pool, health, token), stopping);
                }
                finally
                {
                    pool.Capacity.Leave();
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            health.Park();
        }
    }

    private async Task TurnAsync(RunnerPool pool, LoopHealth health, CancellationToken stopping)
    {
        // Step 1
        health.Turn(isReady: false);
        var registration = await gate.PassAsync(() => registrar.RegisterAsync(pool.Registration, stopping), stopping);
        IRunnerSession? session = null;
        var hadJob = false;
        var isReleased = false;
        try
        {
            session = await sessions.OpenAsync(registration, stopping);
            logger.RunnerWaits(pool.Name, registration.Name);

            // Step 2
            var polls = pipelines.Polls(pool.Name);
            var run = await TakeJobAsync(session, polls, pool, health, stopping);
            hadJob = true;

            // Step 3
            if (run is not null)
            {
                health.Park();
                isReleased = (await new SessionListener(session, polls, logger).FollowAsync(run)).Reason == VerdictReasons.Released;
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
            if (!isReleased)
            {
                await SignOffAsync(session, registration, hadJob);
            }

            session?.Dispose();
        }
    }

    /// <summary>Waits for a job and starts it; <c>null</c> where the runner was used up by a job that cannot be run.</summary>
    private async Task<JobRun?> TakeJobAsync(
        IRunnerSession session, ResiliencePipeline polls, RunnerPool pool, LoopHealth health, CancellationToken stopping)
    {
        var listener = new SessionListener(session, polls, logger);
        var throttle = new OfferThrottle(time);
        while (true)
        {
            health.Turn(isReady: true);
            var message = await listener.NextAsync(RunnerStatus.Online, stopping);
            var seen = time.GetUtcNow();
            if (message is not JobOffered { Request: var offer })
            {
                listener.Ignore(message);
                continue;
            }

            try
            {
                // From here on the job is ours to finish, so a stopping agent does not interrupt it.
                if (await session.AcknowledgeAsync(offer, stopping))
                {
                    var job = await session.AcquireAsync(offer, CancellationToken.None);
                    return Start(job, session, pool, seen);
                }

                return null; // an ephemeral runner whose job went away is done (section 6)
            }
            catch (UnreadableJobException error)
            {
                await FailAsync(error, pool, seen);
                return null;
            }
            catch (Exception error) when (error is ProtocolException or InfrastructureException)
            {
                logger.OfferGone(offer.RunnerRequestId ?? "-", error.Message);
                await throttle.WaitAsync(stopping);
            }
        }
    }

    private JobRun Start(AcquiredJob job, IRunnerSession session, RunnerPool pool, DateTimeOffset seen)
    {
        var message = job.Message;
        logger.JobTaken(message.JobId.ToString(), message.JobDisplayName, Repository(job), session.RunnerName, pool.Name);
        var launch = new JobLaunch
        {
            Job = message,
            Runner = new RunnerIdentity
            {
                Name = session.RunnerName,
                GroupName = pool.Group,
                Version = options.Github.RunnerVersion,
                MachineName = options.Agent.Instance,
            },
            Labels = pool.JobLabels,
            Pool = pool.Name,
            Platform = pool.Platform,
            MessageSeen = seen,
            Services = options.Services.ToAddresses(),
        };
        return supervisor.Start(launch, job.Service);
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

    private async Task SignOffAsync(IRunnerSession? session, RunnerRegistration registration, bool hadJob)
    {
        using var limit = new CancellationTokenSource(SignOffLimit, time);
        try
        {
            if (session is not null)
            {
                await session.CloseAsync(limit.Token);
            }

            if (!hadJob)
            {
                await registrar.RemoveAsync(registration.RunnerId, limit.Token);
            }
        }
        catch (ProtocolException)
        {
            // The runner is gone already: that is what was wanted.
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or OperationCanceledException)
        {
            logger.SignOffFailed(registration.Name, error.Message);
        }
    }
}
