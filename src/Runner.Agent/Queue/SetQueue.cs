using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Agent.ScaleSets;

namespace Runner.Agent.Queue;

/// <summary>
/// Counts the jobs that wait for pools of the mode <c>scaleset</c>, by the set's own statistics (<c>scaleset.md</c> section 8): agents that wait for its
/// session see them, too.
/// </summary>
internal sealed class SetQueue(IEnumerable<RunnerPool> pools, SetSetup sets, TimeProvider time)
{
    private readonly List<RunnerPool> _pools = [.. pools.Where(pool => pool.Mode == PoolMode.ScaleSet)];

    /// <summary>Whether there is anything to count.</summary>
    public bool IsUsed => _pools.Count > 0;

    /// <summary>The counts of now; of a set that is not there, or whose statistics the server does not tell, there is none.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">GitHub refuses the credentials, or a group is unknown.</exception>
    /// <exception cref="Protocol.Http.ProtocolException">GitHub refuses to show a set.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">GitHub could not be reached.</exception>
    public async Task<QueueCounts> LookAsync(CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, QueueCount>(StringComparer.Ordinal);
        foreach (var pool in _pools)
        {
            if ((await sets.LookAsync(pool, cancellationToken))?.Statistics is { } counted)
            {
                var wanted = counted.TotalAvailableJobs + counted.TotalAssignedJobs;
                counts[pool.Name] = new QueueCount(Math.Max(0, wanted - counted.TotalRunningJobs), wanted);
            }
        }

        return new QueueCounts(time.GetUtcNow(), counts, Calls: 0);
    }
}
