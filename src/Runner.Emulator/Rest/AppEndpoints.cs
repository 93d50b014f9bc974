using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Options;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Rest;

/// <summary>The REST calls of a GitHub App: it shows a JWT and gets a token of its installation (<c>registration.md</c> section 2.2).</summary>
internal static class AppEndpoints
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestJwt = TimeSpan.FromMinutes(10);

    public static void MapApp(this IEndpointRouteBuilder api)
    {
        api.MapPost("/app/installations/{id:int}/access_tokens", NewToken);
        api.MapGet("/orgs/{org}/installation", Installation);
        api.MapGet("/repos/{owner}/{repo}/installation", Installation);
    }

    private static IResult NewToken(HttpContext http, EmulatorOptions options, TokenIssuer tokens, TimeProvider time, int id)
    {
        if (Problem(http, options, time.GetUtcNow()) is { } problem)
        {
            return RestError.Of(401, problem);
        }

        var (token, expires) = tokens.Issue(TokenKind.Installation, id.ToString(CultureInfo.InvariantCulture), Lifetime);
        return TypedResults.Json(new TokenBody(token, expires), RestJson.Default.TokenBody, statusCode: StatusCodes.Status201Created);
    }

    private static IResult Installation(HttpContext http, EmulatorOptions options, EmulatorAddress address, TimeProvider time) =>
        Problem(http, options, time.GetUtcNow()) is { } problem
            ? RestError.Of(401, problem)
            : TypedResults.Json(
                new InstallationBody(1, "emulator", "Organization", new Uri(address.Root, "app/installations/1/access_tokens").AbsoluteUri),
                RestJson.Default.InstallationBody);

    /// <summary>What is wrong with the request's JWT, in GitHub's words; <c>null</c> where it is good.</summary>
    private static string? Problem(HttpContext http, EmulatorOptions options, DateTimeOffset now)
    {
        if (options.AppPublicKey is null || Jwt.Parse(RequestToken.Of(http.Request)) is not { } jwt || !IsSigned(jwt, options.AppPublicKey))
        {
            return "A JSON web token could not be decoded";
        }

        if (options.AppId is { } app && jwt.Payload["iss"]?.ToString() != app)
        {
            return "'Issuer' claim ('iss') must be the id of the App";
        }

        return (jwt.Time("iat"), jwt.Time("exp")) switch
        {
            (null, _) or (_, null) => "Missing 'issued at' claim ('iat') or 'expiration time' claim ('exp')",
            ({ } issued, _) when issued > now + ClockSkew =>
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
            (_, { } expires) when expires <= now =>
                "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
            (_, { } expires) when expires > now + LongestJwt + ClockSkew => "'Expiration time' claim ('exp') is too far in the future",
            _ => null,
        };
    }

    private static bool IsSigned(Jwt jwt, string publicKey)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(publicKey);
        return jwt.Header["alg"]?.ToString() == "RS256"
            && rsa.VerifyData(jwt.Signed, jwt.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
