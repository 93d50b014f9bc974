using Runner.Jobs.Errors;

namespace Runner.GitHub;

/// <summary>What a set of runners is registered at.</summary>
public enum GitHubScope
{
    /// <summary>An organisation, <c>/{org}</c>.</summary>
    Organization,

    /// <summary>A repository, <c>/{owner}/{repo}</c>.</summary>
    Repository,

    /// <summary>An enterprise, <c>/enterprises/{slug}</c>.</summary>
    Enterprise,
}

/// <summary>The address that runners are registered at, and the REST service that belongs to it (<c>registration.md</c> section 1).</summary>
public sealed record GitHubEndpoint
{
    private const string Forms = "an organisation (https://github.com/my-org), a repository (…/my-org/my-repo) or an enterprise (…/enterprises/my-enterprise)";

    /// <summary>The configured address without a trailing slash.</summary>
    public required Uri Url { get; init; }

    /// <summary>github.com or a tenant of ghe.com; otherwise an Enterprise Server.</summary>
    public required bool IsHosted { get; init; }

    /// <summary>Base of the REST routes, with its trailing slash.</summary>
    public required Uri ApiBase { get; init; }

    /// <summary>What the address names.</summary>
    public required GitHubScope Scope { get; init; }

    /// <summary>Organisation, owner or enterprise.</summary>
    public required string Owner { get; init; }

    /// <summary>The repository's name; <c>null</c> at the other scopes.</summary>
    public string? Repository { get; init; }

    /// <summary>Relative route of what the address names: <c>orgs/x</c>, <c>repos/o/r</c> or <c>enterprises/e</c>.</summary>
    public string Entity => Scope switch
    {
        GitHubScope.Organization => $"orgs/{Owner}",
        GitHubScope.Repository => $"repos/{Owner}/{Repository}",
        GitHubScope.Enterprise => $"enterprises/{Owner}",
        _ => throw new InvalidOperationException($"scope {Scope} is unknown"),
    };

    /// <summary>Reads an address of one of the three forms.</summary>
    /// <param name="url">The address, as configured.</param>
    /// <param name="allowInsecureHttp">Whether plain http is allowed to hosts other than this machine.</param>
    /// <exception cref="OperatorException">The address has another form, or sends credentials over plain http.</exception>
    public static GitHubEndpoint Parse(string url, bool allowInsecureHttp)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new OperatorException($"github.url is '{url}', expected the web address of {Forms}");
        }

        if (uri.UserInfo.Length > 0)
        {
            throw new OperatorException("github.url holds a user name or password: put the token into a file and name it in github.auth.tokenFile");
        }

        if (uri.Scheme == "http" && !uri.IsLoopback && !allowInsecureHttp)
        {
            throw new OperatorException(
                $"github.url is '{url}': plain http would send the token readable over the network. Use https, or set github.allowInsecureHttp: true for a test system");
        }

        var (scope, owner, repository) = Path(url, uri);
        var isHosted = IsHostedHost(uri.Host);
        return new GitHubEndpoint
        {
            Url = new Uri($"{uri.GetLeftPart(UriPartial.Authority)}{uri.AbsolutePath.TrimEnd('/')}"),
            IsHosted = isHosted,
            ApiBase = isHosted ? HostedApi(uri) : new Uri($"{uri.GetLeftPart(UriPartial.Authority)}/api/v3/"),
            Scope = scope,
            Owner = owner,
            Repository = repository,
        };
    }

    private static (GitHubScope Scope, string Owner, string? Repository) Path(string url, Uri uri) =>
        uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["enterprises", var slug] => (GitHubScope.Enterprise, slug, null),
            [var owner, var repository] => (GitHubScope.Repository, owner, repository),
            [var owner] => (GitHubScope.Organization, owner, null),
            var segments => throw new OperatorException(
                $"github.url is '{url}' with {segments.Length} path segments, expected one or two: {Forms}"),
        };

    private static bool IsHostedHost(string host) =>
        host.ToLowerInvariant() is "github.com" or "www.github.com" or "github.localhost"
        || host.EndsWith(".ghe.com", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".ghe.localhost", StringComparison.OrdinalIgnoreCase);

    private static Uri HostedApi(Uri uri)
    {
        var host = uri.Host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? uri.Host[4..] : uri.Host;
        var port = uri.IsDefaultPort ? string.Empty : $":{uri.Port}";
        return new Uri($"{uri.Scheme}://api.{host}{port}/");
    }
}
