using System.Security.Cryptography;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Link;

/// <summary>
/// What worker and launcher of one job share, and no step knows: 32 random bytes in base64. It is in the payload, which the worker reads
/// once, and with the launcher; never on a command line, in an environment or on a stream.
/// </summary>
public static class LinkKey
{
    internal const int Bytes = 32;

    /// <summary>A key for a launch.</summary>
    public static Secret New() => new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>The key's bytes.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    internal static byte[] Decode(Secret key)
    {
        var bytes = Convert.FromBase64String(key.Reveal());
        return bytes.Length == Bytes ? bytes : throw new FormatException($"A link key has {Bytes} bytes, not {bytes.Length}");
    }
}
