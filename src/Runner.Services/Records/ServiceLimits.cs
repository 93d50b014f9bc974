namespace Runner.Services.Records;

/// <summary>How much artifacts and caches may take, and for how long.</summary>
public sealed record ServiceLimits
{
    /// <summary>How long an artifact is kept at most. Default 90 days, as on GitHub.</summary>
    public TimeSpan ArtifactLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long an upload may take before what has arrived of it is dropped. Default 6 h.</summary>
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Bytes that the artifacts of one run take, uploads that are not complete included. Default 50 GiB.</summary>
    public long ArtifactBytes { get; init; } = 50L * 1024 * 1024 * 1024;

    /// <summary>Bytes that the artifacts of all runs take together, likewise. Default no limit.</summary>
    public long AllArtifactBytes { get; init; } = long.MaxValue;

    /// <summary>Artifacts that one job makes at most. Default 500, as on GitHub.</summary>
    public int ArtifactsOfJob { get; init; } = 500;

    /// <summary>Bytes that the logs, summaries and diagnostics of one job take. Default 10 GiB.</summary>
    public long LogBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>
    /// Bytes that the caches of one repository take before the least recently used go; what is being saved may take as much beside them. Default 10 GiB, as on GitHub.
    /// </summary>
    public long CacheBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Bytes that the caches of all repositories take together before the least recently used of all go. Default no limit.</summary>
    public long AllCacheBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes that one repository may have in the middle of being saved as caches, beside <see cref="CacheBytes"/>. Default no other limit.</summary>
    public long SavingBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes that may be in the middle of being saved as caches, of all repositories. Default no limit.</summary>
    public long AllSavingBytes { get; init; } = long.MaxValue;

    /// <summary>How long a cache is kept without being used. Default 7 days, as on GitHub.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a signed address is valid. Default 6 h.</summary>
    public TimeSpan UrlLifetime { get; init; } = TimeSpan.FromHours(6);
}
