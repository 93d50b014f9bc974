using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Services.Artifacts;
using Runner.Services.Blobs;

namespace Runner.Emulator.Rest;

/// <summary>The public REST API of artifacts, as far as <c>actions/download-artifact</c> needs it for another run (docs.github.com/rest/actions/artifacts).</summary>
internal static class ArtifactListEndpoints
{
    public static void MapArtifactList(this IEndpointRouteBuilder api)
    {
        var actions = api.MapGroup("/repos/{owner}/{repo}/actions");
        actions.MapGet("/runs/{run:long}/artifacts", List);
        actions.MapGet("/artifacts/{id:long}", (HttpContext http, RestCaller caller, ArtifactStore store, EmulatorAddress address, string owner, string repo, long id) =>
            caller.RefuseReader(http) ?? (Find(store, owner, repo, id) is { } artifact ? Json(Body(artifact, address)) : RestError.NotFound));
        actions.MapGet("/artifacts/{id:long}/zip", (HttpContext http, RestCaller caller, ArtifactStore store, BlobLinks links, string owner, string repo, long id) =>
            caller.RefuseReader(http) ?? (Find(store, owner, repo, id) is { } artifact ? TypedResults.Redirect(links.Download(artifact)) : RestError.NotFound));
        actions.MapDelete("/artifacts/{id:long}", (HttpContext http, RestCaller caller, ArtifactStore store, string owner, string repo, long id) =>
            caller.RefuseReader(http)
                ?? (Find(store, owner, repo, id) is not null && store.Delete(id) ? TypedResults.NoContent() : RestError.NotFound));
    }

    private static IResult List(
        HttpContext http, RestCaller caller, RunBoard runs, ArtifactStore store, EmulatorAddress address, string owner, string repo, long run, string? name)
    {
        if (caller.RefuseReader(http) is { } refusal)
        {
            return refusal;
        }

        if (runs.PlanOf(run) is not { } plan)
        {
            return RestError.NotFound;
        }

        var artifacts = store.List(plan.ToString())
            .Where(artifact => IsOf(artifact, owner, repo) && (name ?? artifact.Name) == artifact.Name)
            .Select(artifact => (JsonNode)Body(artifact, address))
            .ToArray();
        return Json(new JsonObject { ["total_count"] = artifacts.Length, ["artifacts"] = new JsonArray(artifacts) });
    }

    private static ArtifactRecord? Find(ArtifactStore store, string owner, string repo, long id) =>
        store.Find(id) is { } artifact && IsOf(artifact, owner, repo) ? artifact : null;

    private static bool IsOf(ArtifactRecord artifact, string owner, string repo) =>
        artifact.Repository.Equals($"{owner}/{repo}", StringComparison.OrdinalIgnoreCase);

    private static JsonObject Body(ArtifactRecord artifact, EmulatorAddress address) => new()
    {
        ["id"] = artifact.Id,
        ["name"] = artifact.Name,
        ["size_in_bytes"] = artifact.Size,
        ["archive_download_url"] = new Uri(address.Root, $"repos/{artifact.Repository}/actions/artifacts/{artifact.Id}/zip").AbsoluteUri,
        ["expired"] = false,
        ["created_at"] = artifact.CreatedAt,
        ["expires_at"] = artifact.ExpiresAt,
        ["digest"] = artifact.Digest,
    };

    private static IResult Json(JsonObject body) => TypedResults.Text(body.ToJsonString(), "application/json");
}
