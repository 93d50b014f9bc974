using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Jobs;
using Runner.Emulator.Options;
using Runner.Emulator.Tokens;
using Runner.Jobs;

namespace Runner.Emulator.IdTokens;

/// <summary>Gives id tokens to jobs (<c>local-services.md</c> section 6), and the key to check them by.</summary>
internal static class IdTokenEndpoints
{
    public static void MapIdTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/idtoken/{plan:guid}/{job:guid}", Issue);
        routes.MapGet("/oidc/.well-known/jwks", (IdTokenIssuer issuer) => Json(issuer.Keys()));
        routes.MapGet("/oidc/.well-known/openid-configuration", (EmulatorAddress address) => Json(new JsonObject
        {
            ["issuer"] = address.Issuer.AbsoluteUri,
            ["jwks_uri"] = new Uri(address.Root, "oidc/.well-known/jwks").AbsoluteUri,
            ["subject_types_supported"] = new JsonArray("public", "pairwise"),
            ["response_types_supported"] = new JsonArray("id_token"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            ["scopes_supported"] = new JsonArray("openid"),
        }));
    }

    private static IResult Issue(HttpContext http, TokenIssuer tokens, JobCallers callers, IdTokenIssuer issuer, Guid plan, Guid job, string? audience)
    {
        var claims = tokens.Read(RequestToken.Of(http.Request));
        if (!callers.IsRunning(http.Request, new PlanId(plan), new JobId(job)) || claims is not { Services: { } caller, Ref: { } reference })
        {
            return TypedResults.Unauthorized();
        }

        var token = issuer.Issue(caller, reference, string.IsNullOrEmpty(audience) ? null : audience);
        return Json(new JsonObject { ["value"] = token, ["count"] = token.Length });
    }

    private static IResult Json(JsonObject body) => TypedResults.Text(body.ToJsonString(), "application/json");
}
