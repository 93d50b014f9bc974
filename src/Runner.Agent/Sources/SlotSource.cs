using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.GitHub.Registration;

namespace Runner.Agent.Sources;

/// <summary>Pools in the mode <c>runners</c>: a slot for each job at a time.</summary>
internal sealed class SlotSource(RunnerSlot slot, IRunnerRegistrar registrar, RegistrationGate gate, AgentHealth health) : IPoolSource
{
    public IReadOnlyList<Task>? Start(RunnerPool pool, CancellationToken stopping)
    {
        if (pool.Mode != PoolMode.Runners)
        {
            return null;
        }

        var orders = new StandingOrders(pool, registrar, gate);
        return [.. Enumerable.Range(1, pool.Size).Select(number => slot.RunAsync(pool, orders, health.Watch($"slot {pool.Name}/{number}", pool.Name), stopping))];
    }
}
