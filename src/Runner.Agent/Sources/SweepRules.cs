using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.GitHub.Registration;

namespace Runner.Agent.Sources;

/// <summary>Which registrations nobody uses any more. Pure.</summary>
/// <remarks>
/// GitHub says of a registration neither when it was made nor by whom. A name tells the pool and the agent; an agent that lives names its
/// registrations or has a Lease; of others there is the session alone: a runner that is offline at two looks, minutes apart, is not
/// waiting for a job, as the time between its registration and its session is at most one.
/// </remarks>
internal static class SweepRules
{
    /// <summary>Those of a pool's name that may be left over: to be removed if they are again at the next look.</summary>
    /// <param name="runners">All runners at GitHub whose name begins with the pool's.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="own">Names of registrations that this agent uses.</param>
    /// <param name="living">Beginnings of the names of agents that live; of their registrations only this agent's own are judged.</param>
    public static ImmutableHashSet<long> Suspects(
        IEnumerable<RegisteredRunner> runners, RunnerPool pool, IReadOnlySet<string> own, IReadOnlyCollection<string> living) =>
    [
        .. runners.Where(runner => !runner.IsBusy && !runner.IsOnline && RunnerName.IsOf(pool.Name, runner.Name) && HasLabels(runner, pool))
            .Where(runner => runner.Name.StartsWith(pool.NamePrefix, StringComparison.Ordinal)
                ? !own.Contains(runner.Name)
                : !living.Any(prefix => runner.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(runner => runner.Id),
    ];

    // Somebody else's runners may have such names too, but hardly such labels. Runners of scale sets show none.
    private static bool HasLabels(RegisteredRunner runner, RunnerPool pool) => pool.Mode == PoolMode.ScaleSet ? runner.Labels.IsEmpty :
        pool.Labels.All(label => runner.Labels.Contains(label, StringComparer.OrdinalIgnoreCase));
}
