using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Services.Repositories;

namespace Runner.Cli.Repositories;

/// <summary>Finds the repositories that jobs of a local run take actions and workflows of: a folder where a flag names one, else by git.</summary>
/// <remarks>
/// Git does it, so that what git is told of the user's machine holds here too: proxies, certificates, credential helpers, and other
/// addresses by <c>url.….insteadOf</c>. A token travels in git's environment: command lines and files can be read by others.
/// </remarks>
internal sealed partial class LocalRunRepositories(RepositorySettings settings)
{
    private const string CountVariable = "GIT_CONFIG_COUNT";

    private (string Name, string Version, string Folder)? _checkout;

    /// <summary>The run's own repository at its own commit is the checkout: <c>$/path</c> in it means the files that are here.</summary>
    public void UseCheckout(string name, string version, string folder) => _checkout = (name, version, folder);

    /// <summary>A repository at a ref.</summary>
    /// <exception cref="WorkflowException">The name is none.</exception>
    public IActionRepository Find(string name, string version)
    {
        if (!RepositoryName().IsMatch(name))
        {
            throw new WorkflowException($"'{name}' is not the name of a repository, expected OWNER/REPO");
        }

        if (_checkout is var (own, commit, checkout) && own.Equals(name, StringComparison.OrdinalIgnoreCase) && commit == version)
        {
            return new FolderActionRepository(name, checkout);
        }

        var (host, token) = settings.ServerOf(name);
        return (settings.Local.GetValueOrDefault($"{host}/{name}@{version}") ?? settings.Local.GetValueOrDefault($"{name}@{version}")) is { } folder
            ? new FolderActionRepository(name, folder)
            : Remote(name, version, host, token);
    }

    private RemoteRepository Remote(string name, string version, string host, Secret? token)
    {
        var git = new GitProgram(token is { } secret ? WithToken(host, secret) : settings.Environment);
        var access = (token is null
                ? "If it is private, give a token that reads it by -s GITHUB_TOKEN."
                : $"The token for {host} may not be one that reads it.")
            + $" Without a network: --action-offline-mode for what was fetched before, or --local-repository {name}@{version}=FOLDER";
        return new RemoteRepository(
            name, $"https://{host}/{name}", new KeptCommits(Path.Combine(settings.CacheFolder, host, name), git), git, access, settings.IsOffline);
    }

    // After what the user's environment configures by itself.
    private Dictionary<string, string> WithToken(string host, Secret token)
    {
        var environment = new Dictionary<string, string>(settings.Environment, StringComparer.Ordinal);
        var count = int.TryParse(environment.GetValueOrDefault(CountVariable), CultureInfo.InvariantCulture, out var given) ? given : 0;
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{token.Reveal()}"));
        environment[CountVariable] = (count + 1).ToString(CultureInfo.InvariantCulture);
        environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{count}")] = $"http.https://{host}/.extraHeader";
        environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{count}")] = $"Authorization: Basic {basic}";
        return environment;
    }

    // A name becomes part of a path: neither part of it is a dot or two.
    [GeneratedRegex(@"^(?!\.{1,2}/)[A-Za-z0-9._-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryName();
}
