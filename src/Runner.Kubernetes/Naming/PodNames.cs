using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Runner.Backends;

namespace Runner.Kubernetes.Naming;

/// <summary>
/// Names of a job's pod and Secret. They derive from the job's id and the attempt alone in what makes them unique, so that creating one
/// twice finds it there; the job's name in the middle is for people.
/// </summary>
internal static partial class PodNames
{
    private const string Prefix = "act-job-";
    private const string WarmPrefix = "act-warm-";

    // A pod's name becomes its host name, of which Linux takes 63 characters.
    private const int MaxLength = 63;
    private const int HashLength = 10;

    /// <summary>Name of the pod, and of its Secret, of a launch.</summary>
    public static string For(JobLaunch launch)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{launch.JobId}/{launch.Attempt}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..HashLength];
        var suffix = launch.Attempt == 0 ? hash : string.Create(CultureInfo.InvariantCulture, $"{hash}-{launch.Attempt}");
        var slug = Slug(launch.Job.JobDisplayName, MaxLength - Prefix.Length - suffix.Length - 1);
        return slug.Length == 0 ? Prefix + suffix : $"{Prefix}{slug}-{suffix}";
    }

    /// <summary>A new name of a pod that waits for a job of a pool.</summary>
    public static string OfWarm(string pool) =>
        $"{WarmPrefix}{Slug(pool, MaxLength - WarmPrefix.Length - HashLength - 1)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(HashLength / 2))}";

    /// <summary>The DNS-safe form of a text: <c>build (18, ubuntu)</c> becomes <c>build-18-ubuntu</c>.</summary>
    internal static string Slug(string text, int maxLength)
    {
        var slug = OtherCharacters().Replace(text.ToLowerInvariant(), "-").Trim('-');
        return slug.Length <= maxLength ? slug : slug[..maxLength].TrimEnd('-');
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex OtherCharacters();
}
