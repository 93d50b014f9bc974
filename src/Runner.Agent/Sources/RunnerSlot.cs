using Microsoft.Extensions.Logging;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Supervision;

namespace Runner.Agent.Sources;

/// <summary>One slot of a pool: a fresh ephemeral runner for every job, one job at a time.</summary>
internal sealed class RunnerSlot(
    RunnerTurn turn, IRunnerSessions sessions, SlotPipelines pipelines, LaunchBreakers breakers, OwnRunners own, AgentMetrics metrics, TimeProvider time, ILogger<RunnerSlot> logger)
{
    /// <summary>Takes jobs until it is told to stop; a job that runs then is waited for.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="orders">Say when it wants a runner.</param>
    /// <param name="health">The slot's own.</param>
    /// <param name="stopping">Tells it to stop.</param>
    public async Task RunAsync(RunnerPool pool, IRunnerOrders orders, LoopHealth health, CancellationToken stopping)
    {
        var turns = pipelines.Turns(pool.Name, health);
        var throttle = new OfferThrottle(time);
        var breaker = breakers.For(pool.Name);
        var next = new NextRunner(sessions, own, result => metrics.GitHub.Registered(pool.Name, result), time, logger);
        var signedOff = Task.CompletedTask;
        try
        {
            while (true)
            {
                var ordered = orders.NextAsync(stopping);
                if (!ordered.IsCompleted)
                {
                    health.Park();
                }

                using var order = await ordered;
                await throttle.WaitAsync(stopping);
                health.Park();
                using var ticket = await pool.Room.EnterAsync(order.Patience, stopping);
                health.Rest();
                var isProbe = await breaker.EnterAsync(stopping);
                health.Park();
                await pool.Capacity.EnterAsync(stopping);
                try
                {
                    await turns.ExecuteAsync(
                        async token =>
                        {
                            var state = new TurnState(order, pool, throttle, health, ticket, isProbe, next);
                            try
                            {
                                await turn.RunAsync(state, token);
                            }
                            finally
                            {
                                await signedOff;
                                signedOff = state.SignedOff;
                            }
                        },
                        stopping);
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
        finally
        {
            await signedOff;
            await next.DiscardAsync();
        }
    }
}
