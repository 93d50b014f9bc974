using System.Security.Cryptography;
using System.Text;

namespace Runner.Services.Records;

/// <summary>Places of records: paths whose steps are hashes of what is told apart, for texts of any length and with any character in them.</summary>
internal static class RecordPlace
{
    /// <summary>One step, for texts that count together.</summary>
    public static string Of(params string[] texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{text.Length}:{text}")); // with its length: `a` and `bc` are not `ab` and `c`
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
