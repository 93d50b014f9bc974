using Runner.Backends;

namespace Runner.Agent.Pools;

/// <summary>Why a pool takes fewer jobs than it has free places. A metric label: few and fixed.</summary>
internal enum HoldBack
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>None can be started just now.</summary>
    Failing,

    /// <summary>A quota has no room, or one that was taken waits for some.</summary>
    Quota,

    /// <summary>No node takes its pods, the cluster refuses them, or does not answer.</summary>
    Unplaceable,
}

/// <summary>What is known of a pool when it is asked how many jobs it may take.</summary>
/// <param name="Size">Most jobs at a time.</param>
/// <param name="Held">Places that are taken.</param>
/// <param name="Unplaced">Jobs that are the pool's, or may become so at any moment, and that no pod has been made for.</param>
/// <param name="Room">Room for further pods.</param>
/// <param name="Obstacle">Why none can be started, or <c>null</c>.</param>
/// <param name="WantsProbe">Whether one is to be taken all the same, to find out.</param>
internal sealed record PoolState(int Size, int Held, int Unplaced, JobRoom Room, string? Obstacle, bool WantsProbe);

/// <summary>How many more jobs a pool takes: the least of its free places, the room for their pods, and what a pool that only fails is allowed. Pure.</summary>
/// <param name="Free">How many; fewer than none where adopted jobs took more places than there are.</param>
/// <param name="HeldBack">Free places for which no jobs are taken: what is queued for them waits at GitHub.</param>
/// <param name="Reason">Why.</param>
/// <param name="Why">The same for people.</param>
internal sealed record PoolOffer(int Free, int HeldBack, HoldBack Reason, string? Why)
{
    /// <summary>The offer of a pool.</summary>
    public static PoolOffer Of(PoolState state)
    {
        var places = state.Size - state.Held;
        var (free, reason, why) = (places, HoldBack.None, (string?)null);
        if (state.Obstacle is { } obstacle && !(state.WantsProbe && places <= 1))
        {
            (free, reason, why) = (Math.Min(places, state.WantsProbe ? 1 : 0), HoldBack.Failing, obstacle);
        }

        if (state.Room.Places is { } room && Math.Max(0, room - state.Unplaced) is var left && left < free)
        {
            (free, reason, why) = (left, state.Room.Limit == RoomLimit.Quota ? HoldBack.Quota : HoldBack.Unplaceable, state.Room.Why);
        }

        return new PoolOffer(free, Math.Max(0, places - Math.Max(0, free)), reason, why);
    }
}
