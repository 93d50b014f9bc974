using Microsoft.Extensions.Logging;
using Runner.Agent.Contracts;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>The registration of a slot's next runner and its token, had while its job runs: when that ends, the slot waits for two calls less.</summary>
/// <param name="sessions">Prepare its session.</param>
/// <param name="own">Runners of this agent.</param>
/// <param name="registered">Is told what became of each registration: <c>made</c>, <c>refused</c> or <c>failed</c>.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what is left behind.</param>
internal sealed class NextRunner(IRunnerSessions sessions, OwnRunners own, Action<string> registered, TimeProvider time, ILogger logger)
{
    // GitHub forgets a runner that never came after a day; a key that lies about is no good either.
    private static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    private IRunnerOrder? _order;
    private Task<FreshRunner?>? _coming;

    /// <summary>Begins to register, where the order stands for more than one runner.</summary>
    public void Prepare(IRunnerOrder order, CancellationToken stopping)
    {
        if (order.IsStanding && _coming is null)
        {
            _order = order;
            _coming = RegisterAsync(order, stopping);
        }
    }

    /// <summary>The one that was prepared, or a new one.</summary>
    /// <exception cref="OperatorException">GitHub refuses.</exception>
    /// <exception cref="ProtocolException">As above.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached.</exception>
    public async Task<FreshRunner> TakeAsync(IRunnerOrder order, CancellationToken stopping)
    {
        if (_coming is { } coming)
        {
            _coming = null;
            if (await coming is { } prepared)
            {
                if (time.GetElapsedTime(prepared.Since) < LongestKept)
                {
                    return prepared;
                }

                await RemoveAsync(prepared);
            }
        }

        return await NewAsync(order, stopping);
    }

    /// <summary>Removes what was prepared: the slot ends. Never faults.</summary>
    public async Task DiscardAsync()
    {
        if (_coming is { } coming && await coming is { } prepared)
        {
            await RemoveAsync(prepared);
        }
    }

    private async Task<FreshRunner> NewAsync(IRunnerOrder order, CancellationToken stopping)
    {
        RunnerRegistration registration;
        try
        {
            registration = await order.RegisterAsync(stopping);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException)
        {
            registered(error is InfrastructureException ? "failed" : "refused");
            throw;
        }

        registered("made");
        own.Add(registration.Name);
        return new FreshRunner(registration, time.GetTimestamp());
    }

    private async Task<FreshRunner?> RegisterAsync(IRunnerOrder order, CancellationToken stopping)
    {
        try
        {
            var runner = await NewAsync(order, stopping);
            return runner with { Session = await sessions.PrepareAsync(runner.Registration, stopping) };
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException or OperationCanceledException)
        {
            return null; // the next turn tries it itself, and tells of it
        }
    }

    private async Task RemoveAsync(FreshRunner runner)
    {
        var registration = runner.Registration;
        runner.Session?.Dispose();
        using var limit = new CancellationTokenSource(RemovalLimit, time);
        try
        {
            await (_order?.RemoveAsync(registration, limit.Token) ?? Task.CompletedTask);
            own.Remove(registration.Name);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException or OperationCanceledException)
        {
            logger.SignOffFailed(registration.Name, error.Message); // the sweep finds it
        }
    }
}

/// <summary>A runner that was registered.</summary>
/// <param name="Registration">As what.</param>
/// <param name="Since">When, as a timestamp of the clock.</param>
/// <param name="Session">Its session, prepared and not opened; <c>null</c>: none is.</param>
internal sealed record FreshRunner(RunnerRegistration Registration, long Since, IRunnerSession? Session = null);
