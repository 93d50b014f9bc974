using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Runner.Services.Callers;

/// <summary>
/// Runtime tokens of our own: JWTs with GitHub's claims <c>scp</c> (run and job) and <c>ac</c> (cache scopes), signed by a key of this
/// object.
/// </summary>
public sealed class RuntimeTokens(byte[] key, TimeProvider time) : ICallerSource
{
    private const string ResultsScope = "Actions.Results:";
    private const int ReadPermission = 1;
    private const int WritePermission = 2;

    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal); // jobs

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

    /// <summary>A job has ended: its tokens open nothing any more.</summary>
    public void End(string job) => _ended[job] = true;

    /// <inheritdoc/>
    public ServiceCaller? Find(string? token) => Read(token) is { } caller && !_ended.ContainsKey(caller.Job) ? caller : null;

    private ServiceCaller? Read(string? token)
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

    /// <summary>The claim <c>ac</c> for scopes, as GitHub writes it: JSON in a text.</summary>
    public static string ToClaim(IEnumerable<CacheScope> scopes) => new JsonArray([.. scopes.Select(scope => new JsonObject
    {
        ["Scope"] = scope.Ref,
        ["Permission"] = (scope.CanRead ? ReadPermission : 0) | (scope.CanWrite ? WritePermission : 0),
    })]).ToJsonString();

    /// <summary>The caller that claims of a verified token stand for; <c>null</c> where they lack something.</summary>
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
        catch (JsonException)
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
