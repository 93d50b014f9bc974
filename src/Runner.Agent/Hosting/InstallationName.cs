using System.Security.Cryptography;
using System.Text;
using Runner.Agent.Configuration;
using Runner.GitHub;

namespace Runner.Agent.Hosting;

/// <summary>
/// The name of an installation that was given none, made of what identifies it: agents of one address at GitHub share their jobs, and those
/// of another one, on the same machine or in the same namespace, have nothing to do with them.
/// </summary>
internal static class InstallationName
{
    private const int HashLength = 8;

    /// <summary>The name of the installation that an agent belongs to, which its scale sets carry.</summary>
    public static string Of(AgentOptions options) => options.Agent.Installation
        ?? (options.BackendInUse == BackendKind.Kubernetes
            ? $"{options.Kubernetes?.Namespace}/{AgentBackends.Kubernetes(options).Instance}"
            : options.Agent.Instance ?? Environment.MachineName);

    /// <summary>The name, with a beginning for people.</summary>
    public static string Of(string beginning, GitHubEndpoint endpoint) => $"{beginning}-{Hash(endpoint.Url.AbsoluteUri.TrimEnd('/').ToLowerInvariant())}";

    /// <summary>A short word for an installation and its address, for names of what its agents share.</summary>
    public static string Mark(AgentOptions options) => Hash($"{Of(options)} {options.Github.Url.TrimEnd('/').ToLowerInvariant()}");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
