using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;
using Runner.Protocol.OAuth;

namespace Runner.Emulator.OAuth;

/// <summary>The token endpoint.</summary>
internal static class OAuthEndpoints
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public static void MapOAuth(this IEndpointRouteBuilder routes) => routes.MapPost("/oauth/token", TokenAsync);

    private static async Task<IResult> TokenAsync(
        HttpContext http, RunnerRegistry runners, TokenIssuer tokens, EmulatorOptions options, TimeProvider time)
    {
        if (!http.Request.HasFormContentType)
        {
            return Refused("invalid_request", "The body must be application/x-www-form-urlencoded.");
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException problem)
        {
            return Refused("invalid_request", $"The form cannot be read: {problem.Message}");
        }

        if (form["grant_type"] != "client_credentials")
        {
            return Refused("unsupported_grant_type", "grant_type must be client_credentials.");
        }

        if (form["client_assertion_type"] != AssertionType || Jwt.Parse(form["client_assertion"]) is not { } assertion)
        {
            return Refused("invalid_request", $"client_assertion must be a JWT, and client_assertion_type {AssertionType}.");
        }

        if (ClientAssertion.ClientOf(assertion) is not { } client || runners.FindByClient(client) is not { } runner)
        {
            return Refused("invalid_client", $"Registration {ClientAssertion.ClientOf(assertion)} was not found.");
        }

        if (time.GetUtcNow() < runner.RegisteredAt + options.RegistrationLag)
        {
            return Refused("invalid_client", $"Registration {client} was not found.");
        }

        if (ClientAssertion.Refuse(assertion, runner, time.GetUtcNow()) is var (error, description))
        {
            return Refused(error, description);
        }

        var answer = new OAuthTokenResponse
        {
            AccessToken = tokens.IssueRunner(runner, options.AccessTokenDuration).Token,
            TokenType = "Bearer",
            ExpiresIn = (long)options.AccessTokenDuration.TotalSeconds,
        };
        return TypedResults.Json(answer, OAuthJson.Default.OAuthTokenResponse);
    }

    private static IResult Refused(string error, string description) => TypedResults.Json(
        new OAuthErrorResponse { Error = error, ErrorDescription = description },
        OAuthJson.Default.OAuthErrorResponse,
        statusCode: StatusCodes.Status400BadRequest);
}
