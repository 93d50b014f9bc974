namespace Runner.Agent.ScaleSets;

/// <summary>
/// How many jobs GitHub may assign to a set: a total, told with each poll, in which jobs that run count. Pure.
/// </summary>
internal static class SetCapacity
{
    /// <summary>What is assigned already, and one for each place that is free; never more than the pool has places.</summary>
    /// <param name="size">Places of the pool.</param>
    /// <param name="held">Places that are taken, also by jobs that are not the set's, or that have ended at GitHub and not here yet.</param>
    /// <param name="assigned">Jobs that GitHub counts as the set's.</param>
    /// <param name="isStopped">Whether jobs of the pool cannot be started just now: what is not taken waits at GitHub.</param>
    /// <param name="wantsProbe">Whether one is to be taken all the same, to find out.</param>
    public static int Of(int size, int held, int assigned, bool isStopped, bool wantsProbe) => (isStopped, wantsProbe) switch
    {
        (true, false) => 0,
        (true, true) => Math.Min(size, assigned + 1),
        _ => Math.Clamp(assigned + size - held, 0, size),
    };
}
