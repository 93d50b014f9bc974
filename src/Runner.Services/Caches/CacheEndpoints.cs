using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Twirp;

namespace Runner.Services.Caches;

/// <summary>The cache service that <c>actions/cache@v4</c> and later call (<c>local-services.md</c> section 4.1).</summary>
public static class CacheEndpoints
{
    private const string Service = "/twirp/github.actions.results.api.v1.CacheService/";

    /// <summary>Maps the methods of the service.</summary>
    public static void MapCaches(this IEndpointRouteBuilder routes, CacheStore store, ICallerSource callers, BlobLinks links)
    {
        var calls = new TwirpCalls(callers);
        routes.MapPost(Service + "CreateCacheEntry", http =>
            RunAsync(http, calls.AnswerAsync(http, CacheJson.Default.CacheEntryRequest, async (caller, request) => await CreateAsync(http, store, links, caller, request))));
        routes.MapPost(Service + "FinalizeCacheEntryUpload", http =>
            RunAsync(http, calls.AnswerAsync(http, CacheJson.Default.CacheEntryRequest, async (caller, request) => await FinalizeAsync(http, store, caller, request))));
        routes.MapPost(Service + "GetCacheEntryDownloadURL", http =>
            RunAsync(http, calls.AnswerAsync(http, CacheJson.Default.CacheEntryRequest, async (caller, request) => await FindAsync(http, store, links, caller, request))));
    }

    private static async Task RunAsync(HttpContext http, Task<IResult> answer) => await (await answer).ExecuteAsync(http);

    private static async Task<IResult> FinalizeAsync(HttpContext http, CacheStore store, ServiceCaller caller, CacheEntryRequest request)
    {
        var upload = await store.FindUploadAsync(caller, request.Key, request.Version, http.RequestAborted);
        var cache = await store.CompleteAsync(upload, request.SizeBytes, http.RequestAborted);
        return TypedResults.Json(new FinalizeCacheResponse(true, cache.Id), CacheJson.Default.FinalizeCacheResponse);
    }

    private static async Task<IResult> FindAsync(HttpContext http, CacheStore store, BlobLinks links, ServiceCaller caller, CacheEntryRequest request)
    {
        var answer = await store.RestoreAsync(caller, [request.Key, .. request.RestoreKeys], request.Version, http.RequestAborted) is { } cache
            ? new CacheDownloadResponse(true, links.Download(cache.Blob), cache.Key)
            : new CacheDownloadResponse(false);
        return TypedResults.Json(answer, CacheJson.Default.CacheDownloadResponse);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, CacheStore store, BlobLinks links, ServiceCaller caller, CacheEntryRequest request)
    {
        // Without a message for what is there already: the client says so itself, as information.
        CreateCacheResponse answer;
        try
        {
            answer = await store.ReserveAsync(caller, request.Key, request.Version, size: 0, http.RequestAborted) is { } cache
                ? new CreateCacheResponse(true, links.Upload(cache.Blob))
                : new CreateCacheResponse(false);
        }
        catch (ServiceRefusal refusal) when (refusal.Status == StatusCodes.Status403Forbidden)
        {
            answer = new CreateCacheResponse(false, Message: refusal.Message);
        }

        return TypedResults.Json(answer, CacheJson.Default.CreateCacheResponse);
    }
}
