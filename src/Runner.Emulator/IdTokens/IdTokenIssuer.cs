using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Tokens;
using Runner.Jobs.Callers;

namespace Runner.Emulator.IdTokens;

/// <summary>Makes id tokens (OIDC), signed by an RSA key of this process.</summary>
internal sealed class IdTokenIssuer(EmulatorAddress address, TimeProvider time) : IDisposable
{
    private const string KeyId = "emulator";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly RSA _key = RSA.Create(2048);

    /// <summary>The public key as a JSON web key set.</summary>
    public JsonObject Keys()
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["kid"] = KeyId,
                ["n"] = Base64Url.EncodeToString(key.Modulus),
                ["e"] = Base64Url.EncodeToString(key.Exponent),
            }),
        };
    }

    /// <summary>A token for a job (docs.github.com, "OpenID Connect reference").</summary>
    /// <param name="caller">The job.</param>
    /// <param name="reference">Full ref of its run.</param>
    /// <param name="audience">Whom it is for; <c>null</c>: the owner's address, as on GitHub.</param>
    public string Issue(ServiceCaller caller, string reference, string? audience)
    {
        var owner = caller.Repository.Split('/')[0];
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var payload = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString("D"),
            ["iss"] = address.Issuer.AbsoluteUri,
            ["sub"] = $"repo:{caller.Repository}:ref:{reference}",
            ["aud"] = audience ?? new Uri(address.ServerUrl, owner).AbsoluteUri,
            ["ref"] = reference,
            ["repository"] = caller.Repository,
            ["repository_owner"] = owner,
            ["runner_environment"] = "self-hosted",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + (long)Lifetime.TotalSeconds,
        };
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = KeyId };
        return Jwt.Write(header, payload, signed => _key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
