using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Runner.Jobs.Callers;

/// <summary>
/// Runtime tokens of our own: JWTs with GitHub's claims <c>scp</c> (run and job) and <c>ac</c> (cache scopes), signed by a key that whoever issues and whoever
/// reads them share.
/// </summary>
public sealed class RuntimeTokens(byte[] key, TimeProvider time)
{
    private const string ResultsScope = "Actions.Results:";
    private const int ReadPermission = 1;
    private const int WritePermission = 2;
    private const double LatestTime = 253402300800; // the year 10000

    /// <summary>A token for <c>ACTIONS_RUNTIME_TOKEN</c>.</summary>
    public string Issue(ServiceCaller caller, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var now = time.GetUtcNow();
        var payload = new JsonObject
        {
            ["scp"] = $"{ResultsScope}{caller.Run}:{caller.Job}",
            ["ac"] = ToClaim(caller.Scopes),
            ["repository"] = caller.Repository,
            ["nbf"] = (now - TimeSpan.FromMinutes(1)).ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
        };
        var signed = Encode(new JsonObject { ["typ"] = "JWT", ["alg"] = "HS256" }) + "." + Encode(payload);
        return $"{signed}.{Sign(signed)}";
    }

    /// <summary>Whose token it is; <c>null</c> where it is none of this key's or has expired.</summary>
    public ServiceCaller? Read(string? token)
    {
        if (token?.Split('.') is not [var header, var payload, var signature]
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign($"{header}.{payload}")), Encoding.ASCII.GetBytes(signature)))
        {
            return null;
        }

        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(payload))?.AsObject();
        return claims?["exp"]?.GetValue<long>() > time.GetUtcNow().ToUnixTimeSeconds()
            ? OfClaims(claims["scp"]?.ToString(), claims["ac"]?.ToString(), claims["repository"]?.ToString())
            : null;
    }

    /// <summary>
    /// Whom GitHub's own token of a job stands for, and until when. It is not verified: it comes from GitHub itself, in the job's message. <c>null</c> where it is no
    /// such token.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="repository">Repository of the job, which GitHub's token does not name.</param>
    public static (ServiceCaller Caller, DateTimeOffset Expires)? ReadGitHubs(string token, string repository)
    {
        ArgumentNullException.ThrowIfNull(token);
        try
        {
            return token.Split('.') is [_, var payload, _]
                && JsonNode.Parse(Base64Url.DecodeFromChars(payload)) is JsonObject claims
                && claims["exp"] is JsonValue exp && exp.TryGetValue<double>(out var expires) && expires is > 0 and < LatestTime
                && OfClaims(claims["scp"]?.ToString(), claims["ac"]?.ToString(), repository) is { } caller
                ? (caller, DateTimeOffset.FromUnixTimeSeconds((long)expires))
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The claim <c>ac</c> for scopes, as GitHub writes it: JSON in a text.</summary>
    public static string ToClaim(IEnumerable<CacheScope> scopes) => new JsonArray([.. scopes.Select(scope => new JsonObject
    {
        ["Scope"] = scope.Ref,
        ["Permission"] = (scope.CanRead ? ReadPermission : 0) | (scope.CanWrite ? WritePermission : 0),
    })]).ToJsonString();

    /// <summary>The caller that claims of a token stand for, which is verified or comes from GitHub itself; <c>null</c> where they lack something.</summary>
    public static ServiceCaller? OfClaims(string? scp, string? ac, string? repository)
    {
        var results = scp?.Split(' ').FirstOrDefault(item => item.StartsWith(ResultsScope, StringComparison.Ordinal));
        return results?.Split(':') is [_, var run, var job] && repository is not null
            ? new ServiceCaller { Run = run, Job = job, Repository = repository, Scopes = Scopes(ac) }
            : null;
    }

    private static ImmutableArray<CacheScope> Scopes(string? claim)
    {
        try
        {
            return JsonNode.Parse(claim ?? "[]") is JsonArray list
                ? [.. list.OfType<JsonObject>().Select(Scope)]
                : [];
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException)
        {
            return []; // sees no caches
        }
    }

    private static CacheScope Scope(JsonObject scope)
    {
        var permission = scope["Permission"]?.GetValue<int>() ?? 0;
        return new CacheScope(scope["Scope"]?.ToString() ?? string.Empty, (permission & WritePermission) != 0) { CanRead = (permission & ReadPermission) != 0 };
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)));
}
