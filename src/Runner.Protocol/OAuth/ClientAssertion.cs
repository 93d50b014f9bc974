using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Runner.Protocol.Registration;

namespace Runner.Protocol.OAuth;

/// <summary>The signed statement by which a runner proves who it is (<c>registration.md</c> section 9.1). Pure but for the id.</summary>
public static class ClientAssertion
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Makes a JWT that is valid from <paramref name="now"/> for five minutes.</summary>
    /// <param name="clientId">The OAuth client.</param>
    /// <param name="audience">The authorization address.</param>
    /// <param name="key">The runner's key.</param>
    /// <param name="pss">Whether to sign with PS256 instead of RS256.</param>
    /// <param name="now">The present moment.</param>
    /// <exception cref="CryptographicException">The parts make no key.</exception>
    public static string Create(string clientId, string audience, RsaKey key, bool pss, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        var header = new JwtHeader { Typ = "JWT", Alg = pss ? "PS256" : "RS256" };
        var claims = new JwtClaims
        {
            Sub = clientId,
            Iss = clientId,
            Aud = audience,
            Jti = Guid.NewGuid().ToString("D"),
            Nbf = now.ToUnixTimeSeconds(),
            Exp = (now + Life).ToUnixTimeSeconds(),
        };
        var signed = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header, OAuthJson.Default.JwtHeader))
            + "." + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, OAuthJson.Default.JwtClaims));
        using var rsa = key.ToRsa();
        var signature = rsa.SignData(
            Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        return signed + "." + Base64Url.EncodeToString(signature);
    }
}
