using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Runner.Services.Blobs;

/// <summary>Routes of the blob service.</summary>
public static class BlobEndpoints
{
    /// <summary>
    /// Maps <c>PUT</c>, <c>GET</c> and <c>HEAD</c> of blobs under a prefix: Azure's Put Blob, Put Block, Put Block List, Append Block, Append Blob Seal, Get Blob
    /// and Get Blob Properties, each with a signed query.
    /// </summary>
    public static void MapBlobs(this IEndpointRouteBuilder routes, string prefix, BlobStore store, BlobUrlSigner signer) =>
        routes.MapBlobs(prefix, new FolderBlobs(store, budgets: null), signer);

    /// <summary>Maps the same wherever the blobs are; append blobs are in a folder alone.</summary>
    internal static void MapBlobs(this IEndpointRouteBuilder routes, string prefix, IBlobs blobs, BlobUrlSigner signer)
    {
        var requests = new BlobRequests(blobs, signer);
        var pattern = prefix.TrimEnd('/') + "/{**name}";
        routes.MapPut(pattern, (HttpContext http, string name) => requests.PutAsync(http, name));
        routes.MapMethods(pattern, ["GET", "HEAD"], (HttpContext http, string name) => requests.GetAsync(http, name));
    }
}
