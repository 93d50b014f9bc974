namespace Runner.Services.Caches;

/// <summary>What becomes of caches.</summary>
public enum CacheEvent
{
    /// <summary>One was looked for and found.</summary>
    Hit,

    /// <summary>One was looked for and not found.</summary>
    Miss,

    /// <summary>One was saved.</summary>
    Saved,

    /// <summary>One went for want of room.</summary>
    Evicted,

    /// <summary>One went because nobody used it.</summary>
    Expired,
}
