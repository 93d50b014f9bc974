using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>One turn of a slot: one registration, from its making to its end.</summary>
/// <remarks>
/// <list type="number">
/// <item>Register a runner and open its session.</item>
/// <item>
/// Poll until a job is offered and acquired (<see cref="JobTaking"/>). An offer that is lost uses the runner up, as GitHub consumes its
/// registration when it assigns the job; so does a session that answers at once with nothing, and a registration that GitHub knows no more.
/// </item>
/// <item>Hand it to the supervisor; poll on, as busy, so that a cancel arrives.</item>
/// <item>Close the session, unless it went with its job. A runner that got no job is removed.</item>
/// </list>
/// A JIT configuration is never used twice: whatever goes wrong, the next turn registers anew.
/// </remarks>
internal sealed class RunnerTurn(
    IRunnerSessions sessions,
    JobTaking taking,
    SlotPipelines pipelines,
    LaunchBreakers breakers,
    OwnRunners own,
    AgentOptions options,
    TimeProvider time,
    ILogger<RunnerSlot> logger)
{
    private static readonly TimeSpan SignOffLimit = TimeSpan.FromSeconds(10);

    private readonly SessionOpening _opening = new(sessions, options.Agent, time, logger);

    /// <summary>Makes the turn. It ends at once where no runner is wanted any more.</summary>
    public async Task RunAsync(TurnState turn, CancellationToken stopping)
    {
        if (!turn.Order.IsWanted || turn.Ticket.Leave.IsCancellationRequested)
        {
            return;
        }

        // Step 1
        turn.Health.Turn(isReady: false);
        var runner = await turn.Next.TakeAsync(turn.Order, stopping);
        var registration = runner.Registration;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(
            turn.Ticket.Leave, turn.IsProbe ? CancellationToken.None : breakers.For(turn.Pool.Name).Opening);
        turn.Leave = leaving.Token;
        try
        {
            turn.Session = await _opening.OpenAsync(runner, stopping);
            logger.RunnerWaits(turn.Pool.Name, registration.Name);

            // Step 2
            var polls = pipelines.Polls(turn.Pool.Name);
            var run = await taking.TakeAsync(turn, registration, turn.Session, polls, stopping);

            // Step 3
            if (run is not null)
            {
                turn.Throttle.Reset();
                registration = registration with { EncodedJitConfig = default }; // it is of no more use, and the job may run for days
                runner = runner with { Registration = registration };
                turn.Next.Prepare(turn.Order, stopping);
                var following = new SessionListener(turn.Session, polls, turn.Health, time, logger).FollowAsync(run);
                await run.Launched;
                turn.Ticket.Dispose(); // the backend counts its pod now
                turn.IsReleased = (await following).Reason == VerdictReasons.Released;
            }
        }
        catch (ProtocolException refusal)
        {
            logger.SessionEnded(registration.Name, refusal.Kind, refusal.Message);
            throw;
        }
        finally
        {
            // Step 4; the session of a job that runs on stays, so that GitHub does not take its runner for gone. That of a job that is over
            // goes by itself, too: the slot does not wait for it.
            turn.SignedOff = SignOffAsync(turn, registration);
            if (!turn.HadJob)
            {
                await turn.SignedOff;
            }
        }
    }

    private async Task SignOffAsync(TurnState turn, RunnerRegistration registration)
    {
        if (!turn.IsReleased)
        {
            await CloseAsync(turn, registration);
            own.Remove(registration.Name);
        }

        turn.Session?.Dispose();
    }

    private async Task CloseAsync(TurnState turn, RunnerRegistration registration)
    {
        using var limit = new CancellationTokenSource(SignOffLimit, time);
        try
        {
            if (turn.Session is { } session && !(turn.HadJob && session.EndsWithItsJob))
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
            logger.SignOffFailed(registration.Name, error.Message);
        }

        if (turn is { HadJob: false, IsRemoved: false })
        {
            await turn.RemoveAsync(registration, time, logger);
        }
    }
}
