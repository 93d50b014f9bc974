using System.Collections.Immutable;

namespace Runner.Backends;

/// <summary>How many more jobs of a kind have room.</summary>
/// <param name="Places">How many; <c>null</c>: nobody says how many are too many.</param>
/// <param name="Limit">What sets the number.</param>
/// <param name="Why">The same for people, with the numbers; <c>null</c> where nothing does.</param>
public sealed record JobRoom(int? Places, RoomLimit Limit, string? Why)
{
    /// <summary>No limit is known.</summary>
    public static JobRoom Unlimited { get; } = new(Places: null, RoomLimit.None, Why: null);
}

/// <summary>What a backend's room ends at. A metric label: few and fixed.</summary>
public enum RoomLimit
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A quota.</summary>
    Quota,

    /// <summary>No place takes such jobs just now, or the backend does not say.</summary>
    Unplaceable,
}

/// <summary>Of which jobs the room is asked for.</summary>
/// <param name="Pool">Their pool.</param>
/// <param name="Labels">Labels that place them, where they ask for nothing of their own.</param>
/// <param name="Platform">As in <see cref="JobLaunch.Platform"/>.</param>
/// <param name="MustFit">Whether it counts that no place would take them, though there is room in numbers.</param>
public sealed record JobKind(string Pool, ImmutableArray<string> Labels, string? Platform, bool MustFit);
