using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Twirp;

namespace Runner.Services.Caches;

/// <summary>The older REST form of the cache service, which clients use where they take the server for GHES (<c>local-services.md</c> section 4.2).</summary>
public static class CacheV1Endpoints
{
    private const string Prefix = "/_apis/artifactcache";

    /// <summary>Maps the routes.</summary>
    public static void MapCachesV1(this IEndpointRouteBuilder routes, CacheStore store, ICallerSource callers, BlobLinks links)
    {
        ArgumentNullException.ThrowIfNull(store);
        var calls = new TwirpCalls(callers);
        var group = routes.MapGroup(Prefix);
        group.MapGet("/cache", Handler(calls, (http, caller) => FindAsync(http, caller, store, links)));
        group.MapGet("/caches", Handler(calls, (http, caller) => ListAsync(http, caller, store)));
        group.MapPost("/caches", Handler(calls, (http, caller) => ReserveAsync(http, caller, store)));
        group.MapPatch("/caches/{id:long}", Handler(calls, async (http, caller) => await StageAsync(http, await UploadAsync(http, caller, store), store.Blobs)));
        group.MapPost("/caches/{id:long}", Handler(calls, async (http, caller) => await CommitAsync(http, await UploadAsync(http, caller, store), store)));
    }

    private static RequestDelegate Handler(TwirpCalls calls, Func<HttpContext, ServiceCaller, Task<IResult>> answer) => async http =>
    {
        IResult result;
        try
        {
            result = await answer(http, calls.Caller(http));
        }
        catch (ServiceRefusal refusal)
        {
            result = Refused(refusal.Status, refusal.Code, refusal.Message);
        }
        catch (BlobException refusal)
        {
            result = Refused(refusal.Status, refusal.Code, refusal.Message);
        }

        await result.ExecuteAsync(http);
    };

    private static async Task<IResult> FindAsync(HttpContext http, ServiceCaller caller, CacheStore store, BlobLinks links)
    {
        var keys = http.Request.Query["keys"].ToString().Split(',');
        return await store.RestoreAsync(caller, keys, http.Request.Query["version"].ToString(), http.RequestAborted) is { } cache
            ? TypedResults.Json(Entry(cache) with { ArchiveLocation = links.Download(cache.Blob) }, CacheV1Json.Default.CacheV1Entry)
            : TypedResults.NoContent();
    }

    private static async Task<IResult> ListAsync(HttpContext http, ServiceCaller caller, CacheStore store)
    {
        var key = http.Request.Query["key"].ToString();
        var found = (await store.ListAsync(caller.Repository, http.RequestAborted))
            .Where(cache => cache.Key.StartsWith(key, StringComparison.Ordinal) && caller.Scopes.Any(scope => scope.CanRead && scope.Ref == cache.Scope))
            .Select(Entry)
            .ToList();
        return TypedResults.Json(new CacheV1List(found.Count, [.. found]), CacheV1Json.Default.CacheV1List);
    }

    private static async Task<IResult> ReserveAsync(HttpContext http, ServiceCaller caller, CacheStore store)
    {
        var request = await TwirpCalls.ReadAsync(http, CacheV1Json.Default.CacheV1Reservation);
        return await store.ReserveAsync(caller, request.Key, request.Version, request.CacheSize ?? 0, http.RequestAborted) is { } cache
            ? TypedResults.Json(new CacheV1Reserved(cache.Id), CacheV1Json.Default.CacheV1Reserved, statusCode: 201)
            : Refused(409, "ArtifactCacheItemAlreadyExistsException", $"Cache already exists: key {request.Key}, version {request.Version}");
    }

    // Chunks come in any order: each is a block whose id is where it begins.
    private static async Task<IResult> StageAsync(HttpContext http, CacheRecord cache, IBlobs blobs)
    {
        if (!ContentRangeHeaderValue.TryParse(http.Request.Headers.ContentRange.ToString(), out var range) || range.From is not { } from)
        {
            throw ServiceRefusal.Invalid("the header Content-Range must be 'bytes START-END/*'");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null; // goes to disk as it comes
        }

        await blobs.StageBlockAsync(cache.Blob, BlockId(from), http.Request.Body, range.To - from + 1, http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> CommitAsync(HttpContext http, CacheRecord cache, CacheStore store)
    {
        var request = await TwirpCalls.ReadAsync(http, CacheV1Json.Default.CacheV1Commit);
        try
        {
            await (cache.IsFinal ? Task.CompletedTask : JoinAsync(http, cache, store.Blobs));
        }
        catch (BlobException refusal) when (refusal.Code == BlobException.SealedCode)
        {
            // The same call again: the first one broke off after that.
        }

        await store.CompleteAsync(cache, request.Size, http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task JoinAsync(HttpContext http, CacheRecord cache, IBlobs blobs)
    {
        var ids = new List<string>();
        var position = 0L;
        foreach (var (id, length) in (await blobs.StagedBlocksAsync(cache.Blob, http.RequestAborted)).OrderBy(block => block.Id, StringComparer.Ordinal))
        {
            ids.Add(id == BlockId(position) ? id : throw ServiceRefusal.Invalid($"the upload has a gap or an overlap at byte {position}"));
            position += length;
        }

        await blobs.CommitBlocksAsync(cache.Blob, ids, null, http.RequestAborted);
    }

    private static Task<CacheRecord> UploadAsync(HttpContext http, ServiceCaller caller, CacheStore store)
    {
        var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture); // the route takes numbers only
        return store.FindUploadAsync(caller, id, http.RequestAborted);
    }

    private static string BlockId(long start) => start.ToString("D16", CultureInfo.InvariantCulture);

    private static CacheV1Entry Entry(CacheRecord cache) => new(cache.Key, cache.Scope, cache.Version, cache.CreatedAt, null);

    private static IResult Refused(int status, string kind, string message) =>
        TypedResults.Json(new CacheV1Error(kind, message), CacheV1Json.Default.CacheV1Error, statusCode: status);
}
