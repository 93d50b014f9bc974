using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Twirp;

namespace Runner.Services.Artifacts;

/// <summary>The artifact service that <c>actions/upload-artifact@v4</c> and later call (<c>local-services.md</c> section 3).</summary>
public static class ArtifactEndpoints
{
    private const string Service = "/twirp/github.actions.results.api.v1.ArtifactService/";

    /// <summary>Maps the methods of the service.</summary>
    public static void MapArtifacts(this IEndpointRouteBuilder routes, ArtifactStore store, ICallerSource callers, BlobLinks links)
    {
        var calls = new TwirpCalls(callers);
        routes.MapPost(Service + "CreateArtifact", http => RunAsync(http, calls.AnswerAsync(http, ArtifactJson.Default.CreateArtifactRequest, async (caller, request) =>
        {
            var artifact = await store.CreateAsync(
                OfRun(caller, request.WorkflowRunBackendId), request.Name, request.MimeType, request.ExpiresAt, http.RequestAborted);
            return TypedResults.Json(new CreateArtifactResponse(true, links.Upload(artifact.Blob)), ArtifactJson.Default.CreateArtifactResponse);
        })));
        routes.MapPost(Service + "FinalizeArtifact", http => RunAsync(http, calls.AnswerAsync(http, ArtifactJson.Default.FinalizeArtifactRequest, async (caller, request) =>
        {
            var artifact = await store.CompleteAsync(
                OfRun(caller, request.WorkflowRunBackendId), request.Name, request.Size, request.Hash, http.RequestAborted);
            return TypedResults.Json(new ArtifactIdResponse(true, artifact.Id), ArtifactJson.Default.ArtifactIdResponse);
        })));
        routes.MapPost(Service + "ListArtifacts", http => RunAsync(http, calls.AnswerAsync(http, ArtifactJson.Default.ListArtifactsRequest, async (caller, request) =>
        {
            var artifacts = (await store.ListAsync(OfRun(caller, request.WorkflowRunBackendId).Run, http.RequestAborted))
                .Where(artifact => (request.NameFilter ?? artifact.Name) == artifact.Name && (request.IdFilter ?? artifact.Id) == artifact.Id)
                .Select(Listed);
            return TypedResults.Json(new ListArtifactsResponse([.. artifacts]), ArtifactJson.Default.ListArtifactsResponse);
        })));
        routes.MapPost(Service + "GetSignedArtifactURL", http => RunAsync(http, calls.AnswerAsync(http, ArtifactJson.Default.ArtifactNameRequest, async (caller, request) =>
            TypedResults.Json(new SignedUrlResponse(links.Download(await OfNameAsync(http, store, caller, request))), ArtifactJson.Default.SignedUrlResponse))));
        routes.MapPost(Service + "DeleteArtifact", http => RunAsync(http, calls.AnswerAsync(http, ArtifactJson.Default.ArtifactNameRequest, async (caller, request) =>
        {
            var artifact = await OfNameAsync(http, store, caller, request);
            return TypedResults.Json(new ArtifactIdResponse(await store.DeleteAsync(artifact, http.RequestAborted), artifact.Id), ArtifactJson.Default.ArtifactIdResponse);
        })));
    }

    private static async Task RunAsync(HttpContext http, Task<IResult> answer) => await (await answer).ExecuteAsync(http);

    private static ServiceCaller OfRun(ServiceCaller caller, string run) => caller.Run.Equals(run, StringComparison.OrdinalIgnoreCase)
        ? caller
        : throw ServiceRefusal.Denied("the token is not that of the run named in the request");

    private static async Task<ArtifactRecord> OfNameAsync(HttpContext http, ArtifactStore store, ServiceCaller caller, ArtifactNameRequest request) =>
        (await store.ListAsync(OfRun(caller, request.WorkflowRunBackendId).Run, http.RequestAborted)).LastOrDefault(artifact => artifact.Name == request.Name)
            ?? throw ServiceRefusal.NotFound($"there is no artifact '{request.Name}' in this run");

    private static ListedArtifact Listed(ArtifactRecord artifact) => new()
    {
        WorkflowRunBackendId = artifact.Run,
        WorkflowJobRunBackendId = artifact.Job,
        DatabaseId = artifact.Id,
        Name = artifact.Name,
        Size = artifact.Size,
        CreatedAt = artifact.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Digest = artifact.Digest,
    };
}
