namespace Runner.Agent.Sources;

/// <summary>
/// Lets a trouble that all slots of a pool meet be told once a round, not once a slot: where GitHub is away, a hundred slots that wait meet it
/// within a second, and again after each pause.
/// </summary>
internal sealed class PoolTroubles(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Pool, string Trouble), Round> _rounds = [];

    /// <summary>Whether a trouble is to be told now; one that is not is counted.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="trouble">What does not work. Its reasons may differ from slot to slot, by the id of a request.</param>
    /// <param name="pause">How long the slot waits until it tries again: a round.</param>
    /// <param name="untold">How often it was not told since it was told last.</param>
    public bool IsNews(string pool, string trouble, TimeSpan pause, out int untold)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_rounds.TryGetValue((pool, trouble), out var round) && time.GetElapsedTime(round.Told, now) < pause)
            {
                _rounds[(pool, trouble)] = round with { Untold = round.Untold + 1 };
                untold = 0;
                return false;
            }

            untold = round.Untold;
            _rounds[(pool, trouble)] = new Round(now, 0);
            return true;
        }
    }

    private readonly record struct Round(long Told, int Untold);
}
