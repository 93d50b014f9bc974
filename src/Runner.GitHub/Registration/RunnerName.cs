using System.Security.Cryptography;

namespace Runner.GitHub.Registration;

/// <summary>Names of runners: a prefix that tells whose they are, and an end that no two share.</summary>
public static class RunnerName
{
    // GitHub's limit. Names are shown in the web UI and in job logs, so they are kept readable.
    private const int MaxLength = 64;
    private const int SuffixLength = 8;
    private const string Letters = "bcdfghjkmnpqrstvwxz23456789";

    /// <summary>The beginning of all names of a pool of one agent, short enough to leave room for the end.</summary>
    public static string Prefix(string pool, string instance)
    {
        var prefix = $"{Clean(pool)}-{Clean(instance)}";
        return $"{prefix[..Math.Min(prefix.Length, MaxLength - SuffixLength - 1)]}-";
    }

    /// <summary>The beginning of all names of a pool, whatever agent it is of.</summary>
    public static string PoolPrefix(string pool) => Clean(pool) + "-";

    /// <summary>Whether a name is made as those of a pool are: the pool's, something, and an end of our letters.</summary>
    public static bool IsOf(string pool, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var prefix = PoolPrefix(pool);
        return name.Length > prefix.Length + SuffixLength + 1
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name[^(SuffixLength + 1)] == '-'
            && name[^SuffixLength..].All(letter => Letters.Contains(letter, StringComparison.Ordinal));
    }

    /// <summary>A new name with the prefix.</summary>
    public static string New(string prefix) => prefix + RandomNumberGenerator.GetString(Letters, SuffixLength);

    private static string Clean(string text) =>
        new([.. text.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')]);
}
