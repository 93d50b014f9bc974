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
        actions.MapGet("/runs/{run:long}/artifacts", ListAsync);
        actions.MapGet("/artifacts/{id:long}", async (HttpContext http, RestCaller caller, ArtifactStore store, EmulatorAddress address, string owner, string repo, long id) =>
            caller.RefuseReader(http) ?? (await FindAsync(http, store, owner, repo, id) is { } artifact ? Json(Body(artifact, address)) : RestError.NotFound));
        actions.MapGet("/artifacts/{id:long}/zip", async (HttpContext http, RestCaller caller, ArtifactStore store, BlobLinks links, string owner, string repo, long id) =>
            caller.RefuseReader(http) ?? (await FindAsync(http, store, owner, repo, id) is { } artifact ? TypedResults.Redirect(links.Download(artifact)) : RestError.NotFound));
        actions.MapDelete("/artifacts/{id:long}", async (HttpContext http, RestCaller caller, ArtifactStore store, string owner, string repo, long id) =>
            caller.RefuseReader(http)
                ?? (await FindAsync(http, store, owner, repo, id) is { } artifact && await store.DeleteAsync(artifact, http.RequestAborted)
                    ? TypedResults.NoContent()
                    : RestError.NotFound));
    }

    private static async Task<IResult> ListAsync(
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

        var artifacts = (await store.ListAsync(plan.ToString(), http.RequestAborted))
            .Where(artifact => IsOf(artifact, owner, repo) && (name ?? artifact.Name) == artifact.Name)
            .Select(artifact => (JsonNode)Body(artifact, address))
            .ToArray();
        return Json(new JsonObject { ["total_count"] = artifacts.Length, ["artifacts"] = new JsonArray(artifacts) });
    }

    private static async Task<ArtifactRecord?> FindAsync(HttpContext http, ArtifactStore store, string owner, string repo, long id) =>
        await store.FindAsync(id, http.RequestAborted) is { } artifact && IsOf(artifact, owner, repo) ? artifact : null;

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
