using System.Security.Cryptography;
using System.Text;
using Runner.GitHub;

namespace Runner.Agent.Hosting;

/// <summary>
/// The name of an installation that was given none, made of what identifies it: agents of one address at GitHub share their jobs, and those
/// of another one, on the same machine or in the same namespace, have nothing to do with them.
/// </summary>
internal static class InstallationName
{
    private const int HashLength = 8;

    /// <summary>The name, with a beginning for people.</summary>
    public static string Of(string beginning, GitHubEndpoint endpoint) =>
        $"{beginning}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint.Url.AbsoluteUri.TrimEnd('/').ToLowerInvariant())))[..HashLength]}";
}
