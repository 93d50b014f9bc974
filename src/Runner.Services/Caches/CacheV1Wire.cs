using System.Collections.Immutable;

namespace Runner.Services.Caches;

/// <summary>Messages of the older REST form; <c>local-services.md</c> section 4.2 has all of these.</summary>
internal sealed record CacheV1Entry(string CacheKey, string Scope, string CacheVersion, DateTimeOffset CreationTime, string? ArchiveLocation);

internal sealed record CacheV1List(int TotalCount, ImmutableArray<CacheV1Entry> ArtifactCaches);

internal sealed record CacheV1Reservation
{
    public string Key { get; init => field = value ?? string.Empty; } = string.Empty;

    public string Version { get; init => field = value ?? string.Empty; } = string.Empty;

    public long? CacheSize { get; init; }
}

internal sealed record CacheV1Reserved(long CacheId);

internal sealed record CacheV1Commit(long Size);

internal sealed record CacheV1Error(string TypeKey, string Message);
