using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Runner.Emulator.Runners;
using Runner.Jobs;
using Runner.Jobs.Callers;
using Runner.Services.Callers;

namespace Runner.Emulator.Tokens;

/// <summary>Makes the emulator's tokens, JWTs with a key of this process, and reads them back.</summary>
internal sealed class TokenIssuer(TimeProvider time) : ICallerSource
{
    private static readonly TimeSpan JobLifetime = TimeSpan.FromHours(24);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token of a kind for a subject.</summary>
    public (string Token, DateTimeOffset Expires) Issue(TokenKind kind, string subject, TimeSpan lifetime, JsonObject? further = null)
    {
        var now = time.GetUtcNow();
        var payload = further ?? [];
        payload["iss"] = "emulator";
        payload["jti"] = Guid.NewGuid().ToString("D");
        payload["kind"] = kind.ToString();
        payload["sub"] = subject;
        payload["nbf"] = (now - TimeSpan.FromSeconds(30)).ToUnixTimeSeconds();
        payload["exp"] = (now + lifetime).ToUnixTimeSeconds();
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "HS256" };
        return (Jwt.Write(header, payload, signed => HMACSHA256.HashData(_key, signed)), now + lifetime);
    }

    /// <summary>The access token of a runner, with the claims of <c>registration.md</c> section 9.2.</summary>
    public (string Token, DateTimeOffset Expires) IssueRunner(RunnerRecord runner, TimeSpan lifetime) => Issue(
        TokenKind.Runner,
        runner.Id.ToString(CultureInfo.InvariantCulture),
        lifetime,
        new JsonObject
        {
            ["runner_id"] = runner.Id,
            ["runner_group_id"] = runner.GroupId,
            ["scale_set_id"] = runner.ScaleSet,
            ["is_ephemeral"] = runner.IsEphemeral,
            ["labels"] = string.Join(',', runner.Labels.Select(label => label.Name)),
        });

    /// <summary>
    /// The access token of a job, with the claims of <c>job-message.md</c> section 4.1; <c>ac</c> holds its cache scopes.
    /// </summary>
    public string IssueJob(PlanId plan, JobId job, string orchestration, RunOrigin origin) => Issue(
        TokenKind.Job,
        job.ToString(),
        JobLifetime,
        new JsonObject
        {
            ["plan"] = plan.ToString(),
            ["repository"] = origin.Repository,
            ["ref"] = origin.Ref,
            ["ac"] = RuntimeTokens.ToClaim(origin.CacheScopes),
            ["orch_id"] = orchestration,
            ["scp"] = $"Actions.Results:{plan}:{job} Actions.GenericRead:00000000-0000-0000-0000-000000000000",
        }).Token;

    /// <inheritdoc/>
    public ServiceCaller? Find(string? token) => Read(token)?.Services;

    /// <summary>What a token says; <c>null</c> where it is not ours, was changed, or is not valid now.</summary>
    public TokenClaims? Read(string? token)
    {
        var now = time.GetUtcNow();
        return Jwt.Parse(token) is { } jwt
            && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, jwt.Signed), jwt.Signature)
            && jwt.Time("exp") is { } expires && now < expires
            && Enum.TryParse<TokenKind>(jwt.Text("kind"), out var kind)
            && jwt.Text("sub") is { } subject
            ? new TokenClaims
            {
                Kind = kind,
                Subject = subject,
                Services = kind == TokenKind.Job ? RuntimeTokens.OfClaims(jwt.Text("scp"), jwt.Text("ac"), jwt.Text("repository")) : null,
                Ref = jwt.Text("ref"),
                Plan = Guid.TryParse(jwt.Text("plan"), out var plan) ? new PlanId(plan) : default,
            }
            : null;
    }
}
