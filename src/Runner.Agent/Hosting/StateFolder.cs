using System.Security.Cryptography;
using System.Text;
using Runner.Agent.Configuration;

namespace Runner.Agent.Hosting;

/// <summary>Where the agent keeps its journal. Pure.</summary>
internal static class StateFolder
{
    /// <summary>
    /// The folder of agents like this one: the same GitHub, the same backend, the same place of jobs, so that whoever takes a job up out of it
    /// finds its place, too. <c>null</c>: pods keep their jobs in Secrets.
    /// </summary>
    public static string? For(AgentOptions options, IReadOnlyDictionary<string, string> environment)
    {
        if (options.BackendInUse == BackendKind.Kubernetes)
        {
            return null;
        }

        var root = options.Agent.StateFolder is { } written ? Path.GetFullPath(written) : Default(environment);
        var place = options.BackendInUse == BackendKind.Host
            ? Path.GetFullPath(options.Host.Root ?? "-")
            : $"{options.Docker.Host}\n{options.Agent.Instance}"; // an agent of another name does not see these containers
        var key = $"{options.Github.Url.TrimEnd('/').ToLowerInvariant()}\n{options.BackendInUse}\n{place}";
        return Path.Combine(root, "jobs-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16]);
    }

    private static string Default(IReadOnlyDictionary<string, string> environment)
    {
        var state = environment.GetValueOrDefault("XDG_STATE_HOME") is { Length: > 0 } xdg && Path.IsPathFullyQualified(xdg)
            ? xdg
            : Path.Combine(environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? home : Path.GetTempPath(), ".local", "state");
        return Path.Combine(state, "runner-agent");
    }
}
