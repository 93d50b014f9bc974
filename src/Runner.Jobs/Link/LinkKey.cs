using System.Security.Cryptography;
using System.Text;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Link;

/// <summary>
/// What worker and launcher of one job share, and no step knows: 32 bytes in base64. It is in the payload, which the worker reads
/// once, and with the launcher; never on a command line, in an environment or on a stream.
/// </summary>
public static class LinkKey
{
    internal const int Bytes = 32;

    private const int MaxRequestId = 64;

    /// <summary>A key for a launch.</summary>
    public static Secret New() => new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>A key that all launchers make alike which share a secret, so that one of them can adopt the job of another.</summary>
    /// <param name="shared">What they share, and no job can read.</param>
    /// <param name="launch">Name of the launch, of which there is but one.</param>
    public static Secret Derive(ReadOnlySpan<byte> shared, string launch)
    {
        Span<byte> key = stackalloc byte[Bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, salt: [], info: Encoding.UTF8.GetBytes($"runner link key of {launch}")); // RFC 5869
        return new Secret(Convert.ToBase64String(key));
    }

    /// <summary>By which a launcher knows that a request was made by the worker: HMAC-SHA-256 of its id, hexadecimal.</summary>
    public static string ProofOf(Secret key, string requestId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Decode(key), Encoding.UTF8.GetBytes($"runner request {requestId}")));

    /// <summary>Whether the worker made a request that somebody told of.</summary>
    public static bool IsProven(Secret key, RequestMadeEvent made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return made is { Proof: { } proof, RequestId.Length: <= MaxRequestId }
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(proof), Encoding.UTF8.GetBytes(ProofOf(key, made.RequestId)));
    }

    /// <summary>The key's bytes.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    internal static byte[] Decode(Secret key)
    {
        var bytes = Convert.FromBase64String(key.Reveal());
        return bytes.Length == Bytes ? bytes : throw new FormatException($"A link key has {Bytes} bytes, not {bytes.Length}");
    }
}
