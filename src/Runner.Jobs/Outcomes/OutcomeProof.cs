using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Outcomes;

/// <summary>
/// By which a launcher tells the outcome that its worker wrote from one that a step wrote: steps can write wherever the worker can.
/// </summary>
/// <remarks>
/// <para>
/// An outcome says one of few things: a conclusion, and whether GitHub was told. For each there is a word that only the worker can make, from the key in its
/// payload, and the worker shows the word of what it says. The launcher keeps the words' hashes. From these nobody makes a word, so they are no
/// secret: they stand where another launcher that adopts the job finds them, in a pod's annotations, a container's labels, a file. (It is
/// Lamport's one-time signature for messages of one symbol.)
/// </para>
/// <para>
/// Who sees an outcome sees its word, but not that of another outcome: what was said cannot be turned into something else. Texts, times and
/// numbers in it are not covered; nothing is decided by them.
/// </para>
/// </remarks>
public static class OutcomeProof
{
    private const int KeyBytes = 32;

    private static readonly FrozenDictionary<(Conclusion Conclusion, bool IsReported), int> Places = Enum.GetValues<Conclusion>()
        .SelectMany(conclusion => new[] { (conclusion, false), (conclusion, true) })
        .Select((said, place) => KeyValuePair.Create(said, place))
        .ToFrozenDictionary();

    /// <summary>A key for a launch: 32 bytes, hexadecimal. It is in the payload only, which the worker reads once.</summary>
    public static Secret NewKey() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)));

    /// <summary>
    /// The word for an outcome: SHA-256 of <c>KEY/CONCLUSION/reported</c> (or <c>unreported</c>), hexadecimal. The conclusion is written as in the
    /// outcome's JSON.
    /// </summary>
    public static string WordOf(Secret key, Conclusion conclusion, bool isReported)
    {
        var said = JsonNamingPolicy.CamelCase.ConvertName(conclusion.ToString());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Reveal()}/{said}/{(isReported ? "reported" : "unreported")}")));
    }

    /// <summary>What a launcher keeps of a key: the hash of each word, one after the other, in base64.</summary>
    public static string ChecksOf(Secret key)
    {
        var hashes = new byte[Places.Count * SHA256.HashSizeInBytes];
        foreach (var ((conclusion, isReported), place) in Places)
        {
            HashOf(WordOf(key, conclusion, isReported)).CopyTo(hashes, place * SHA256.HashSizeInBytes);
        }

        return Convert.ToBase64String(hashes);
    }

    /// <summary>Whether an outcome is that of the worker whose launcher kept these checks; <c>null</c>: it kept none, and so nobody can tell.</summary>
    public static bool Holds(WorkerOutcome outcome, string? checks)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        Span<byte> hashes = stackalloc byte[Places.Count * SHA256.HashSizeInBytes];
        return outcome.Proof is { } word
            && checks is not null
            && Places.TryGetValue((outcome.Conclusion, outcome.IsReported), out var place)
            && Convert.TryFromBase64String(checks, hashes, out var length)
            && length == hashes.Length
            && CryptographicOperations.FixedTimeEquals(HashOf(word), hashes.Slice(place * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
    }

    private static byte[] HashOf(string word) => SHA256.HashData(Encoding.UTF8.GetBytes(word));
}
