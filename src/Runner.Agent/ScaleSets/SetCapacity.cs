using Runner.Agent.Pools;

namespace Runner.Agent.ScaleSets;

/// <summary>
/// How many jobs GitHub may assign to a set: a total, told with each poll, in which jobs that run count. Pure.
/// </summary>
internal static class SetCapacity
{
    /// <summary>What is assigned already, and what the pool takes besides; never more than it has places.</summary>
    /// <param name="size">Places of the pool.</param>
    /// <param name="assigned">Jobs that GitHub counts as the set's.</param>
    /// <param name="offer">What the pool takes.</param>
    public static int Of(int size, int assigned, PoolOffer offer) =>
        offer is { Reason: HoldBack.Failing, Free: <= 0 } ? 0 : Math.Clamp(assigned + offer.Free, 0, size);
}
