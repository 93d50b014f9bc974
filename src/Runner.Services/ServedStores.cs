using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Services.Artifacts;
using Runner.Services.Blobs;
using Runner.Services.Caches;
using Runner.Services.Callers;
using Runner.Services.Monitoring;
using Runner.Services.Records;
using Runner.Services.S3;

namespace Runner.Services;

/// <summary>The stores of artifacts and caches that a server has, and their routes.</summary>
/// <param name="Artifacts">The artifacts, or <c>null</c>: there are none here.</param>
/// <param name="Caches">The caches, or <c>null</c>: there are none here.</param>
internal sealed record ServedStores(ArtifactStore? Artifacts, CacheStore? Caches)
{
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(5); // many jobs restore one cache within minutes, each write is a call

    /// <summary>Opens them below folders; what an earlier process left there is found again.</summary>
    /// <param name="artifacts">Folder of artifacts, or <c>null</c>: there are none.</param>
    /// <param name="caches">Folder of caches, likewise. It may be the same one.</param>
    /// <param name="folders">Opens stores.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told what becomes of caches and what is received, or <c>null</c>.</param>
    /// <param name="logger">Told what was left for later, or <c>null</c>.</param>
    public static ServedStores InFolders(string? artifacts, string? caches, FolderStores folders, TimeProvider time, ServiceMetrics? metrics = null, ILogger? logger = null)
    {
        var log = logger ?? NullLogger.Instance;
        return new ServedStores(
            artifacts is null ? null : folders.OpenArtifacts(Path.Combine(artifacts, "artifacts"), Blobs(artifacts, "blobs", ServiceMetrics.Artifacts), log),
            caches is null ? null : folders.OpenCaches(Path.Combine(caches, "caches"), Blobs(caches, "cache-blobs", ServiceMetrics.CacheService), metrics is null ? null : metrics.Count, log));

        BlobStore Blobs(string folder, string name, string service) =>
            new(Path.Combine(folder, name), time) { Received = metrics is null ? null : bytes => metrics.Received(service, bytes) };
    }

    /// <summary>Opens them in a bucket, which other servers may have at the same time; nothing is read yet.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="sendsDownloadsOn">Whether downloads are sent on to it.</param>
    /// <param name="hasArtifacts">Whether there are artifacts.</param>
    /// <param name="limits">How much may be kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told what becomes of caches and what is received.</param>
    /// <param name="logger">Told what was left for later.</param>
    public static ServedStores InBucket(
        S3Bucket bucket, bool sendsDownloadsOn, bool hasArtifacts, ServiceLimits limits, TimeProvider time, ServiceMetrics metrics, ILogger logger)
    {
        var budgets = ArtifactStore.BudgetsOf(limits);
        return new ServedStores(
            hasArtifacts
                ? new ArtifactStore(Records("artifacts/", ArtifactJson.Default.ArtifactRecord), Blobs("artifacts/", budgets, ServiceMetrics.Artifacts), budgets, limits, time)
                {
                    IsSwept = true,
                    Logger = logger,
                }
                : null,
            new CacheStore(Records("caches/", CacheJson.Default.CacheRecord), Blobs("caches/", CacheStore.BudgetsOf(limits), ServiceMetrics.CacheService), limits, time)
            {
                Told = metrics.Count,
                UseStep = UseStep,
                IsSwept = true,
                Logger = logger,
            });

        S3Records<T> Records<T>(string folder, JsonTypeInfo<T> type)
            where T : class, IRecord => new(bucket, "records/" + folder, type, time) { Logger = logger };

        S3Blobs Blobs(string folder, BlobBudgets counted, string service) =>
            new(bucket, folder, counted, time) { SendsDownloadsOn = sendsDownloadsOn, Received = bytes => metrics.Received(service, bytes), Logger = logger };
    }

    /// <summary>Drops what is over, and throws away what is nobody's.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (Artifacts?.SweepAllAsync(cancellationToken) ?? Task.CompletedTask);
        }
        finally
        {
            await (Caches?.SweepAllAsync(cancellationToken) ?? Task.CompletedTask); // whatever keeps the others
        }
    }

    /// <summary>Opens a complete artifact; <c>null</c> where it has gone meanwhile. The caller disposes it.</summary>
    public async Task<Stream?> OpenReadAsync(ArtifactRecord artifact, CancellationToken cancellationToken) =>
        Artifacts is not null && await Artifacts.Blobs.OpenAsync(artifact.Blob, disposition: string.Empty, cancellationToken) is { } found ? found.Content : null;

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">The server.</param>
    /// <param name="callers">Says who calls.</param>
    /// <param name="signer">Signs the addresses of blobs.</param>
    /// <param name="root">Address of the server as jobs know it, ending in a slash.</param>
    /// <param name="lifetime">How long addresses are valid.</param>
    public void Map(IEndpointRouteBuilder routes, ICallerSource callers, BlobUrlSigner signer, Func<Uri> root, TimeSpan lifetime)
    {
        if (Artifacts is { } artifacts)
        {
            routes.MapBlobs("/blobs", artifacts.Blobs, signer);
            routes.MapArtifacts(artifacts, callers, new BlobLinks(signer, () => new Uri(root(), "blobs/"), lifetime));
        }

        if (Caches is { } caches)
        {
            var links = new BlobLinks(signer, () => new Uri(root(), "cache-blobs/"), lifetime);
            routes.MapBlobs("/cache-blobs", caches.Blobs, signer);
            routes.MapCaches(caches, callers, links);
            routes.MapCachesV1(caches, callers, links);
        }
    }
}
