using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.Agent.Sources;

/// <summary>
/// Removes registrations that nobody uses any more: of agents that were killed and whose successor has another name, and of calls whose
/// answer was lost. At the start and hourly; busy ones are kept, and looked at again.
/// </summary>
internal sealed class RegistrationSweep(
    IEnumerable<RunnerPool> pools,
    IRunnerRegistrar registrar,
    IJobBackend backend,
    OwnRunners own,
    AgentHealth health,
    TimeProvider time,
    ILogger<RegistrationSweep> logger) : BackgroundService
{
    /// <summary>Pause between the look that finds suspects and the one that removes them.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly List<RunnerPool> _pools = [.. pools];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loop = health.Watch("sweep of registrations", pool: null);
        while (true)
        {
            var suspects = await LookAsync([], loop, stoppingToken);
            if (!suspects.IsEmpty)
            {
                loop.Park();
                await Task.Delay(Doubt, time, stoppingToken);
                await LookAsync(suspects, loop, stoppingToken);
            }

            loop.Park();
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>Looks at all pools: removes what was suspect before and is again, and gives what is now.</summary>
    private async Task<ImmutableHashSet<long>> LookAsync(ImmutableHashSet<long> before, LoopHealth loop, CancellationToken cancellationToken)
    {
        var suspects = ImmutableHashSet<long>.Empty;
        foreach (var pool in _pools)
        {
            loop.Turn(isReady: true);
            try
            {
                var agents = await backend.FindLivingAgentsAsync(cancellationToken) ?? [];
                var runners = await registrar.ListAsync(RunnerName.PoolPrefix(pool.Name), cancellationToken);
                var found = SweepRules.Suspects(runners, pool, own.Names, [.. agents.Select(agent => RunnerName.Prefix(pool.Name, agent))]);
                suspects = suspects.Union(found);
                await RemoveAsync(pool, found.Intersect(before), cancellationToken);
            }
            catch (Exception error) when (error is InfrastructureException or OperatorException)
            {
                logger.SweepFailed(pool.Name, error.Message);
            }
        }

        return suspects;
    }

    private async Task RemoveAsync(RunnerPool pool, ImmutableHashSet<long> runners, CancellationToken cancellationToken)
    {
        var (removed, kept) = (0, 0);
        foreach (var runner in runners)
        {
            if (await registrar.RemoveAsync(runner, cancellationToken) == RemovalResult.Busy)
            {
                kept++;
            }
            else
            {
                removed++;
            }
        }

        if (removed + kept > 0)
        {
            logger.RegistrationsSwept(pool.Name, removed, kept);
        }
    }
}
