using Microsoft.Extensions.Logging;
using Runner.Agent.Pools;
using Runner.GitHub.Registration;

namespace Runner.Agent.Sources;

/// <summary>Removes registrations that an earlier run of this agent left, however it ended.</summary>
internal sealed class StaleRunners(IRunnerRegistrar registrar, ILogger<StaleRunners> logger)
{
    /// <summary>Removes those of a pool. A runner that has a job stays: it goes with its job.</summary>
    public async Task RemoveAsync(RunnerPool pool, CancellationToken cancellationToken)
    {
        var (removed, kept) = (0, 0);
        foreach (var runner in await registrar.ListAsync(pool.NamePrefix, cancellationToken))
        {
            if (!runner.IsBusy && await registrar.RemoveAsync(runner.Id, cancellationToken) != RemovalResult.Busy)
            {
                removed++;
            }
            else
            {
                kept++;
            }
        }

        if (removed + kept > 0)
        {
            logger.StaleRunnersRemoved(pool.Name, removed, kept);
        }
    }
}
