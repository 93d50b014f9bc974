using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Rest;

/// <summary>What <c>config.sh</c> of GitHub's runner calls (<c>registration.md</c> sections 4 and 5).</summary>
internal static class RegistrationEndpoints
{
    public static void MapRunnerRegistration(this IEndpointRouteBuilder api)
    {
        api.MapPost("/actions/runner-registration", EnterAsync);
        api.MapPost("/actions/runners/register", RegisterAsync);
    }

    /// <summary>Names the services to a runner that holds a registration or remove token.</summary>
    private static async Task<IResult> EnterAsync(HttpContext http, TokenIssuer tokens, EmulatorOptions options)
    {
        if (await http.Request.TryReadAsync(RestJson.Default.RegistrationRequest) is not { Url: { IsAbsoluteUri: true } url } request)
        {
            return RestError.Of(422, "Invalid request.\n\n\"url\" wasn't supplied.");
        }

        if (Claims(http, tokens, url) is not { } claims)
        {
            return RestError.NotFound; // GitHub does not say whether the token or the place is wrong
        }

        var expected = string.Equals(request.RunnerEvent, "remove", StringComparison.OrdinalIgnoreCase) ? TokenKind.Remove : TokenKind.Registration;
        if (claims.Kind != expected)
        {
            return RestError.Of(403, $"The token is of the kind {claims.Kind}, runner_event needs one of the kind {expected}.");
        }

        var tenant = EmulatorAddress.Broker(EmulatorAddress.RootOf(url));
        var (token, _) = tokens.Issue(TokenKind.Admin, claims.Subject, options.AdminTokenDuration);
        return TypedResults.Json(
            new RegistrationResponse(tenant, "OAuthAccessToken", token, UseV2Flow: options.Protocol == EmulatorProtocol.V2), RestJson.Default.RegistrationResponse);
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, TokenIssuer tokens, RunnerGroups groups, RunnerRegistry runners, EmulatorOptions options)
    {
        if (options.Protocol != EmulatorProtocol.V2)
        {
            return RestError.NotFound;
        }

        if (await http.Request.TryReadAsync(RestJson.Default.RegisterRequest) is not { } request)
        {
            return RestError.UnreadableBody;
        }

        if (request is not { Url: { IsAbsoluteUri: true } url, Name.Length: > 0 } || PublicKeyXml.Read(request.PublicKey) is not { } key)
        {
            return RestError.Of(422, "Invalid request.\n\n\"url\", \"name\" and \"public_key\" (an RSAKeyValue) must be supplied.");
        }

        if (Claims(http, tokens, url) is not { Kind: TokenKind.Registration } claims)
        {
            return RestError.NotFound;
        }

        var group = request.GroupId ?? RunnerGroups.Default;
        if (groups.Find(claims.Subject, group) is null)
        {
            return RestError.Of(422, $"Invalid request.\n\nThere is no runner group {group}.");
        }

        var root = EmulatorAddress.RootOf(url);
        var runner = new RunnerRecord
        {
            Name = request.Name,
            Scope = claims.Subject,
            GroupId = group,
            Labels = runners.LabelsOf(request.Labels.Select(label => label.Name).OfType<string>()),
            IsEphemeral = request.Ephemeral,
            PublicKey = key,
            AuthorizationUrl = EmulatorAddress.Token(root),
            Version = request.Version,
        };
        var registered = request is { Replace: true, RunnerId: { } id } ? runners.Replace(id, runner) : runners.Add(runner);
        return registered is null
            ? RestError.Of(409, $"Already exists - A runner with the name {runner.Name} already exists.")
            : TypedResults.Json(
                new RegisterResponse(
                    registered.Id,
                    registered.Name,
                    new RegisterAuthorization(
                        registered.AuthorizationUrl, EmulatorAddress.Broker(root), registered.ClientId.ToString("D"))),
                RestJson.Default.RegisterResponse,
                statusCode: StatusCodes.Status201Created);
    }

    /// <summary>The claims of the request's token where it is for the place that the address names.</summary>
    private static TokenClaims? Claims(HttpContext http, TokenIssuer tokens, Uri configured) =>
        tokens.Read(RequestToken.Of(http.Request)) is { } claims
        && RunnerScope.Of(configured) is { } scope
        && RunnerScope.AreSame(scope, claims.Subject)
            ? claims
            : null;
}
