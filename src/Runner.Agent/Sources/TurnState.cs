using Microsoft.Extensions.Logging;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>What is to be known of a slot's turn when it ends, however it does.</summary>
internal sealed class TurnState(
    IRunnerOrder order, RunnerPool pool, OfferThrottle throttle, LoopHealth health, RoomTicket ticket, bool isProbe, NextRunner next)
{
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    public IRunnerOrder Order => order;

    public RunnerPool Pool => pool;

    public OfferThrottle Throttle => throttle;

    public LoopHealth Health => health;

    /// <summary>Room for its job's pod.</summary>
    public RoomTicket Ticket => ticket;

    /// <summary>Whether it is to find out whether jobs of the pool can be started.</summary>
    public bool IsProbe => isProbe;

    /// <summary>The slot's next registration.</summary>
    public NextRunner Next => next;

    /// <summary>Completes when the session is closed. Never faults.</summary>
    public Task SignedOff { get; set; } = Task.CompletedTask;

    /// <summary>Fires when the pool stops to take jobs.</summary>
    public CancellationToken Leave { get; set; }

    public IRunnerSession? Session { get; set; }

    /// <summary>Whether a job used the registration up.</summary>
    public bool HadJob { get; set; }

    /// <summary>Whether the registration is removed already.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Whether its job runs on without us.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Removes the registration; <c>null</c> where that failed, which is told.</summary>
    public async Task<RemovalResult?> RemoveAsync(RunnerRegistration registration, TimeProvider time, ILogger logger)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, time);
        try
        {
            return await order.RemoveAsync(registration, limit.Token);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException or OperationCanceledException)
        {
            logger.SignOffFailed(registration.Name, error.Message);
            return null;
        }
    }
}
