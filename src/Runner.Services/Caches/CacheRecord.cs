using Runner.Services.Records;

namespace Runner.Services.Caches;

/// <summary>A cache, saved or being saved.</summary>
public sealed record CacheRecord : IRecord
{
    /// <summary>Its number; a later cache has a higher one.</summary>
    public required long Id { get; init; }

    /// <summary><c>owner/repo</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Job that saves it; <c>null</c> in records of older versions.</summary>
    public string? Job { get; init; }

    /// <summary>Full ref that it was saved from.</summary>
    public required string Scope { get; init; }

    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>Hash of paths and compression.</summary>
    public required string Version { get; init; }

    /// <summary>Size in bytes; 0 before it is complete.</summary>
    public long Size { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last restored or saved.</summary>
    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>Whether its upload is complete: only then it is found.</summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// What its blob's name has beside its number, which may come again with another process, as addresses outlive what they were given for; <c>null</c> in records of older versions.
    /// </summary>
    public string? Nonce { get; init; }

    /// <summary>Name of the blob that holds it.</summary>
    internal string Blob => Nonce is null ? $"caches/{Id}" : $"caches/{Id}-{Nonce}";

    string IRecord.Blob => Blob;

    string? IRecord.MimeType => null;

    string IRecord.Place => PlaceOf(Repository, Scope, Version, Key);

    /// <summary>Where the caches of a repository stand.</summary>
    internal static string PlaceOf(string repository) => RecordPlace.Of(repository.ToUpperInvariant()) + "/";

    /// <summary>Where those of a scope and a version stand.</summary>
    internal static string PlaceOf(string repository, string scope, string version) => PlaceOf(repository) + RecordPlace.Of(scope, version) + "/";

    /// <summary>Where a cache stands.</summary>
    internal static string PlaceOf(string repository, string scope, string version, string key) => PlaceOf(repository, scope, version) + RecordPlace.Of(key);
}
