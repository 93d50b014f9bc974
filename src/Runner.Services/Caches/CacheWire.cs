using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Services.Caches;

/// <summary>Request of all methods of <c>CacheService</c>, each with a part of these; <c>local-services.md</c> section 4.1.</summary>
internal sealed record CacheEntryRequest
{
    public string Key { get; init => field = value ?? string.Empty; } = string.Empty;

    public string Version { get; init => field = value ?? string.Empty; } = string.Empty;

    public long SizeBytes { get; init; }

    public ImmutableArray<string> RestoreKeys { get; init => field = value.IsDefault ? [] : value; } = [];
}

internal sealed record CreateCacheResponse(bool Ok, string? SignedUploadUrl = null, string? Message = null);

internal sealed record FinalizeCacheResponse(
    bool Ok, [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] long EntryId);

internal sealed record CacheDownloadResponse(bool Ok, string? SignedDownloadUrl = null, string? MatchedKey = null);
