namespace Runner.Agent.Board;

/// <summary>Why something of a pool waits, in words. Pure.</summary>
public static class PoolReasons
{
    /// <summary>Why something of a pool waits; empty: nothing does.</summary>
    public static IEnumerable<string> Of(PoolView pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return Reasons(pool);
    }

    private static IEnumerable<string> Reasons(PoolView pool)
    {
        if (pool.Trouble is { } trouble)
        {
            yield return trouble;
        }

        if (pool.HeldBack > 0 && (pool.Why is null || pool.Trouble?.Contains(pool.Why, StringComparison.Ordinal) != true))
        {
            yield return $"{pool.HeldBack} place{(pool.HeldBack == 1 ? string.Empty : "s")} held back ({pool.Reason}): {pool.Why}";
        }
        else if (pool is { Free: 0, HeldBack: 0, Trouble: null })
        {
            yield return "all places are taken";
        }
    }
}
