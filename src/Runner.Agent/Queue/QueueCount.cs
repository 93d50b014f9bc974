namespace Runner.Agent.Queue;

/// <summary>What a pool's queue was when it was counted.</summary>
/// <param name="Queued">Jobs that wait at GitHub for a runner that takes what the pool's take.</param>
/// <param name="Wanted">These, and all that its agents had at that moment: what there should be places for.</param>
internal sealed record QueueCount(int Queued, int Wanted);

/// <summary>Counts that belong together.</summary>
/// <param name="At">When they were made.</param>
/// <param name="Pools">Of each pool that was counted.</param>
/// <param name="Calls">How many calls of GitHub's REST service it took.</param>
internal sealed record QueueCounts(DateTimeOffset At, IReadOnlyDictionary<string, QueueCount> Pools, int Calls);
