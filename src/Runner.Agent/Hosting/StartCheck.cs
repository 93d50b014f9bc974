using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.GitHub.Auth;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;

namespace Runner.Agent.Hosting;

/// <summary>
/// Reads and makes all that a start would of settings whose own rules hold, and keeps nothing: credentials, kubeconfig, folders and programs
/// of this machine. Nothing is sent to anybody.
/// </summary>
internal static class StartCheck
{
    /// <summary>What a start would fail with: the setting's path, and what to do.</summary>
    public static IEnumerable<(string Path, string Problem)> Problems(AgentOptions options, AgentSurroundings surroundings) =>
        [.. Credentials(options.Github.Auth), .. Backend(options, surroundings), .. Folders(options, surroundings)];

    private static IEnumerable<(string Path, string Problem)> Credentials(GitHubAuthOptions auth) =>
        Try("github.auth", () => CredentialFiles.Check(GitHubAuth.Read(auth)));

    private static IEnumerable<(string Path, string Problem)> Backend(AgentOptions options, AgentSurroundings surroundings) => options.BackendInUse switch
    {
        BackendKind.Host => AgentBackends.Host(options, surroundings).Validate().Select(Split),
        BackendKind.Docker => AgentBackends.Docker(options, surroundings).Validate().Select(Split),
        _ => Try(KubernetesOptions.SectionName, () => ClusterConnection.Open(options.Kubernetes ?? new KubernetesOptions()).Dispose()),
    };

    // What is no folder's name at all, or cannot be trusted, the backend's own rules have told.
    private static IEnumerable<(string Path, string Problem)> Folders(AgentOptions options, AgentSurroundings surroundings)
    {
        (string Path, string? Folder)[] folders =
        [
            .. options.BackendInUse == BackendKind.Host && AgentBackends.Host(options, surroundings) is var host
                ? [("host.root", host.Root), ("host.toolCache", host.ToolCache)]
                : Array.Empty<(string, string?)>(),
            ("agent.stateFolder", StateFolder.For(options, surroundings.Environment)),
        ];
        return folders
            .Where(folder => Path.IsPathFullyQualified(folder.Folder ?? string.Empty) && !File.Exists(folder.Folder))
            .Select(folder => (folder.Path, Problem: PrivateFolder.FindObstacle(folder.Folder ?? string.Empty)))
            .Where(found => found.Problem is not null)
            .Select(found => (found.Path, $"{found.Path} cannot be used: {found.Problem}"));
    }

    private static IEnumerable<(string Path, string Problem)> Try(string section, Action action)
    {
        try
        {
            action();
            return [];
        }
        catch (OperatorException error)
        {
            return error.Problems.Select(problem => problem.StartsWith(section, StringComparison.Ordinal) ? Split(problem) : (section, problem));
        }
    }

    // A problem begins with the path of its setting.
    private static (string Path, string Problem) Split(string problem) => (problem.Split(' ', 2)[0].TrimEnd(':'), problem);
}
