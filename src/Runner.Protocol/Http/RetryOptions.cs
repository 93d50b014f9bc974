namespace Runner.Protocol.Http;

/// <summary>How a client repeats calls that failed for a reason that passes. Chosen per client; nothing above it repeats again.</summary>
public sealed record RetryOptions
{
    /// <summary>Each call is made once: whoever calls has a loop of its own.</summary>
    public static RetryOptions None { get; } = new() { MaxRetries = 0 };

    /// <summary>Tries after the first. Default 4, so five in all, as GitHub's runner does.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>Pause after the first failure; doubled, with jitter, after each further one. Default 1 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause, unless the service asked for a longer one. Default 15 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>No try begins later than this after the first, or <c>null</c>: only <see cref="MaxRetries"/> counts.</summary>
    public TimeSpan? MaxTotal { get; init; }
}
