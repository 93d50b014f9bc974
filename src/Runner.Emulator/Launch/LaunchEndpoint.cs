using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Tokens;
using Runner.Jobs;

namespace Runner.Emulator.Launch;

/// <summary>Resolves actions (<c>actions-download.md</c> section 2.1). The emulator has no repositories, so every one is refused.</summary>
internal static class LaunchEndpoint
{
    public static void MapLaunch(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/actions/build/{plan:guid}/jobs/{job:guid}/runnerresolve/actions", ResolveAsync);

    private static async Task<IResult> ResolveAsync(HttpContext http, TokenIssuer tokens, Guid plan, Guid job)
    {
        if (!tokens.IsJob(http.Request, new PlanId(plan), new JobId(job)))
        {
            return TypedResults.Unauthorized();
        }

        JsonNode? body;
        try
        {
            body = await JsonNode.ParseAsync(
                http.Request.Body, new JsonNodeOptions { PropertyNameCaseInsensitive = true }, cancellationToken: http.RequestAborted);
        }
        catch (JsonException)
        {
            return TypedResults.BadRequest();
        }

        var errors = new JsonObject();
        foreach (var action in body?["actions"] as JsonArray ?? [])
        {
            var name = $"{action?["action"]}@{action?["version"]}";
            errors[name] = new JsonObject
            {
                ["message"] = $"The emulator cannot resolve {name}: it has no repositories. Use 'run' steps or an action of the workspace ('./path')",
            };
        }

        return TypedResults.Text(new JsonObject { ["errors"] = errors }.ToJsonString(), "application/json", statusCode: 422);
    }
}
