using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Rest;

/// <summary>
/// The part of GitHub's REST API that runners are registered by, at the root as on api.github.com and under <c>/api/v3</c> as on an
/// Enterprise Server: a client that is configured with any host but GitHub's takes it for one (<c>registration.md</c> section 1.1).
/// </summary>
internal static class RestEndpoints
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    public static void MapRest(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "/api/v3", string.Empty })
        {
            var api = routes.MapGroup(prefix);
            api.MapGet("/meta", () => TypedResults.Json(new MetaBody(false, "3.19.0"), RestJson.Default.MetaBody));
            api.MapGet("/rate_limit", RateLimit);
            api.MapRunnerRegistration();
            api.MapApp();
            api.MapArchives();
            api.MapArtifactList();
            api.MapRepository();
            api.MapWorkflowRuns();
            foreach (var scope in RunnerScope.Patterns)
            {
                var actions = api.MapGroup(scope + "/actions");
                actions.MapRunners();
                actions.MapRunnerGroups();
                actions.MapPost("/runners/generate-jitconfig", JitEndpoint.GenerateAsync);
                actions.MapPost("/runners/registration-token", (HttpContext http, RestCaller caller, TokenIssuer tokens) =>
                    NewToken(http, caller, tokens, TokenKind.Registration));
                actions.MapPost("/runners/remove-token", (HttpContext http, RestCaller caller, TokenIssuer tokens) =>
                    NewToken(http, caller, tokens, TokenKind.Remove));
            }
        }
    }

    /// <summary>The headers that every REST answer of GitHub carries.</summary>
    public static Task AddHeadersAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers["X-GitHub-Request-Id"] = http.TraceIdentifier;
        http.Response.Headers["X-RateLimit-Limit"] = "5000";
        http.Response.Headers["X-RateLimit-Remaining"] = "4999";
        return next(http);
    }

    private static IResult NewToken(HttpContext http, RestCaller caller, TokenIssuer tokens, TokenKind kind)
    {
        if (caller.RefuseAdministrator(http) is { } refusal)
        {
            return refusal;
        }

        var (token, expires) = tokens.Issue(kind, RunnerScope.Of(http.Request.RouteValues), TokenLifetime);
        return TypedResults.Json(new TokenBody(token, expires), RestJson.Default.TokenBody, statusCode: StatusCodes.Status201Created);
    }

    private static IResult RateLimit(TimeProvider time)
    {
        var rate = new JsonObject
        {
            ["limit"] = 5000,
            ["remaining"] = 4999,
            ["used"] = 1,
            ["reset"] = (time.GetUtcNow() + TimeSpan.FromHours(1)).ToUnixTimeSeconds(),
        };
        var body = new JsonObject { ["resources"] = new JsonObject { ["core"] = rate.DeepClone() }, ["rate"] = rate };
        return TypedResults.Text(body.ToJsonString(), "application/json");
    }
}
