using Microsoft.AspNetCore.Routing;
using Runner.Services.Artifacts;
using Runner.Services.Blobs;
using Runner.Services.Caches;
using Runner.Services.Callers;
using Runner.Services.Monitoring;
using Runner.Services.Records;

namespace Runner.Services;

/// <summary>The stores of artifacts and caches below folders, and their routes.</summary>
internal sealed class ServedStores
{
    private readonly ServiceLimits _limits;
    private readonly BlobStore? _artifactBlobs;
    private readonly BlobStore? _cacheBlobs;

    /// <summary>Opens them; what an earlier process left there is found again.</summary>
    /// <param name="artifacts">Folder of artifacts, or <c>null</c>: there are none.</param>
    /// <param name="caches">Folder of caches, likewise. It may be the same one.</param>
    /// <param name="limits">How much may be kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told what becomes of caches and what is received, or <c>null</c>.</param>
    public ServedStores(string? artifacts, string? caches, ServiceLimits limits, TimeProvider time, ServiceMetrics? metrics = null)
    {
        _limits = limits;
        if (artifacts is not null)
        {
            _artifactBlobs = new BlobStore(Path.Combine(artifacts, "blobs"), time) { Received = metrics is null ? null : bytes => metrics.Received(ServiceMetrics.Artifacts, bytes) };
            Artifacts = new ArtifactStore(Path.Combine(artifacts, "artifacts"), _artifactBlobs, limits, time);
        }

        if (caches is not null)
        {
            _cacheBlobs = new BlobStore(Path.Combine(caches, "cache-blobs"), time) { Received = metrics is null ? null : bytes => metrics.Received(ServiceMetrics.CacheService, bytes) };
            Caches = new CacheStore(Path.Combine(caches, "caches"), _cacheBlobs, limits, time) { Told = metrics is null ? null : metrics.Count };
        }
    }

    /// <summary>The artifacts, or <c>null</c>: there are none here.</summary>
    public ArtifactStore? Artifacts { get; }

    /// <summary>The caches, or <c>null</c>: there are none here.</summary>
    public CacheStore? Caches { get; }

    /// <summary>Opens a complete artifact; <c>null</c> where it has gone meanwhile. The caller disposes it.</summary>
    public Stream? OpenRead(ArtifactRecord artifact) => _artifactBlobs?.OpenRead(artifact.Blob);

    /// <summary>Drops what a job, which has ended, began and did not complete.</summary>
    public void DropUploads(string job)
    {
        Artifacts?.DropUploads(job);
        Caches?.DropUploads(job);
    }

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">The server.</param>
    /// <param name="callers">Says who calls.</param>
    /// <param name="signer">Signs the addresses of blobs.</param>
    /// <param name="root">Address of the server as jobs know it, ending in a slash.</param>
    public void Map(IEndpointRouteBuilder routes, ICallerSource callers, BlobUrlSigner signer, Func<Uri> root)
    {
        if (Artifacts is { } artifacts && _artifactBlobs is { } artifactBlobs)
        {
            routes.MapBlobs("/blobs", artifactBlobs, signer);
            routes.MapArtifacts(artifacts, callers, new BlobLinks(signer, () => new Uri(root(), "blobs/"), _limits.UrlLifetime));
        }

        if (Caches is { } caches && _cacheBlobs is { } cacheBlobs)
        {
            var links = new BlobLinks(signer, () => new Uri(root(), "cache-blobs/"), _limits.UrlLifetime);
            routes.MapBlobs("/cache-blobs", cacheBlobs, signer);
            routes.MapCaches(caches, callers, links);
            routes.MapCachesV1(caches, cacheBlobs, callers, links);
        }
    }
}
