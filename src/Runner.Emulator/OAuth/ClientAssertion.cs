using System.Globalization;
using System.Security.Cryptography;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.OAuth;

/// <summary>Checks the JWT by which a runner says who it is (<c>registration.md</c> section 9).</summary>
internal static class ClientAssertion
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The client id that an assertion names; nothing is verified.</summary>
    public static Guid? ClientOf(Jwt assertion) =>
        Guid.TryParse(assertion.Text("iss"), out var issuer) && assertion.Text("sub") == assertion.Text("iss") ? issuer : null;

    /// <summary>Why the assertion is not one of the runner; <c>null</c> where it is good.</summary>
    public static (string Error, string Description)? Refuse(Jwt assertion, RunnerRecord runner, DateTimeOffset now)
    {
        if (!IsSigned(assertion, runner.PublicKey))
        {
            return ("invalid_client", "The signature of the client assertion is not the runner's, or its algorithm is not RS256 or PS256.");
        }

        if (assertion.Text("aud")?.TrimEnd('/') != runner.AuthorizationUrl.AbsoluteUri.TrimEnd('/'))
        {
            return ("invalid_request", $"The audience of the client assertion must be {runner.AuthorizationUrl}.");
        }

        // GitHub's runner takes a clock skew from the words "Current server time is".
        return (assertion.Time("nbf"), assertion.Time("exp")) switch
        {
            (_, null) => ("invalid_request", "The client assertion has no exp."),
            (_, { } expires) when expires < now - ClockSkew => ("invalid_grant", Skew("expired on", expires, now)),
            ({ } starts, _) when starts > now + ClockSkew => ("invalid_grant", Skew("is not valid until", starts, now)),
            _ => null,
        };
    }

    private static string Skew(string what, DateTimeOffset moment, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"The bearer token {what} {moment.UtcDateTime:G}. Current server time is {now.UtcDateTime:G}.");

    private static bool IsSigned(Jwt assertion, RSAParameters key)
    {
        var algorithm = assertion.Header["alg"]?.ToString();
        if (algorithm is not ("RS256" or "PS256"))
        {
            return false;
        }

        using var rsa = RSA.Create(key);
        var padding = algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return rsa.VerifyData(assertion.Signed, assertion.Signature, HashAlgorithmName.SHA256, padding);
    }
}
