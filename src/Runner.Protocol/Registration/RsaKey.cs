using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Runner.Protocol.Registration;

/// <summary>The file <c>.credentials_rsaparams</c>: the runner's private key, each part in base64 (<c>registration.md</c> section 7.3).</summary>
public sealed record RsaKey
{
    /// <summary>Private exponent.</summary>
    public required byte[] D { get; init; }

    /// <summary>D mod (P − 1).</summary>
    [JsonPropertyName("dp")]
    public required byte[] DP { get; init; }

    /// <summary>D mod (Q − 1).</summary>
    [JsonPropertyName("dq")]
    public required byte[] DQ { get; init; }

    /// <summary>Public exponent.</summary>
    public required byte[] Exponent { get; init; }

    /// <summary>Inverse of Q mod P.</summary>
    public required byte[] InverseQ { get; init; }

    /// <summary>Modulus.</summary>
    public required byte[] Modulus { get; init; }

    /// <summary>First prime.</summary>
    public required byte[] P { get; init; }

    /// <summary>Second prime.</summary>
    public required byte[] Q { get; init; }

    /// <summary>The parts of a key that holds its private part.</summary>
    public static RsaKey From(RSA key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parts = key.ExportParameters(includePrivateParameters: true);

        // Not null: the private parameters were asked for, and a key without them makes the export throw.
        return new RsaKey
        {
            D = parts.D!,
            DP = parts.DP!,
            DQ = parts.DQ!,
            Exponent = parts.Exponent!,
            InverseQ = parts.InverseQ!,
            Modulus = parts.Modulus!,
            P = parts.P!,
            Q = parts.Q!,
        };
    }

    /// <summary>The key, to sign with; the caller disposes it.</summary>
    /// <exception cref="CryptographicException">The parts make no key.</exception>
    public RSA ToRsa() => RSA.Create(new RSAParameters
    {
        D = D,
        DP = DP,
        DQ = DQ,
        Exponent = Exponent,
        InverseQ = InverseQ,
        Modulus = Modulus,
        P = P,
        Q = Q,
    });

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
