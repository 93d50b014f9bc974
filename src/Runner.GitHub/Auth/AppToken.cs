using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Runner.GitHub.Auth;

/// <summary>Makes the JWT by which a GitHub App names itself (<c>registration.md</c> section 2.2). Pure.</summary>
internal static class AppToken
{
    // GitHub refuses tokens from the future and tokens valid for more than ten minutes: start a minute ago, end after nine.
    private static readonly TimeSpan Backdating = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(9);

    /// <summary>A signed token, valid for some eight minutes from now.</summary>
    public static string Create(string appId, RSA key, DateTimeOffset now)
    {
        var issued = now - Backdating;
        var header = Encode("""{"alg":"RS256","typ":"JWT"}"""u8);
        var claims = Encode(Encoding.UTF8.GetBytes(
            $$"""{"iat":{{issued.ToUnixTimeSeconds()}},"exp":{{(issued + Lifetime).ToUnixTimeSeconds()}},"iss":"{{JsonEncodedText.Encode(appId)}}"}"""));
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{header}.{claims}.{Encode(signature)}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
