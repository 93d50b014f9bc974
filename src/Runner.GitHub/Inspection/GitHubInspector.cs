using System.Net;
using Octokit;
using Runner.GitHub.Auth;
using Runner.GitHub.Limits;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Inspection;

/// <summary>Asks GitHub what the credentials are and may, for people who set a runner up. Changes nothing; retries nothing.</summary>
/// <param name="rest">GitHub's REST service.</param>
public sealed class GitHubInspector(GitHubRest rest)
{
    private readonly RegistrationTokens _tokens = new(rest, mayBeOwn: !rest.Endpoint.IsHosted);

    /// <summary>Whether GitHub takes the credentials, and what it says of them. The call counts to no limit.</summary>
    /// <exception cref="OperatorException">GitHub refuses them.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached, is at a loss, or limits the rate.</exception>
    public async Task<CredentialView> AuthenticateAsync(CancellationToken cancellationToken)
    {
        var response = await CallAsync("ask for the limits", AskAsync, cancellationToken);
        var core = response?.Body.Resources?.Core ?? response?.Body.Rate;
        return new CredentialView
        {
            Limit = core?.Limit,
            Remaining = core?.Remaining,
            Scopes = Header(response, "X-OAuth-Scopes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Expires = GitHubCall.Expiry(Header(response, GitHubCall.ExpiryHeader)),
        };

        // An Enterprise Server without limits has no such page for anybody it knows, and what only speaks its protocol has no page at all.
        async Task<IApiResponse<RateLimitPage>?> AskAsync()
        {
            try
            {
                return await rest.Connection.Get<RateLimitPage>(new Uri("rate_limit", UriKind.Relative), parameters: null, accepts: null, cancellationToken);
            }
            catch (ApiException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            {
                return null;
            }
        }
    }

    /// <summary>Tries the right to register runners, by a token that nobody uses and that ends by itself.</summary>
    /// <exception cref="OperatorException">The credentials have not got it; says which right it is.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    public Task RequireRegistrationAsync(CancellationToken cancellationToken) => _tokens.NewAsync(cancellationToken);

    /// <summary>The runner groups; <c>null</c>: there are none at this address, as at a repository or a plan without groups.</summary>
    /// <exception cref="OperatorException">The credentials may not see them.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    public async Task<IReadOnlyList<RunnerGroupView>?> FindGroupsAsync(CancellationToken cancellationToken)
    {
        if (rest.Endpoint.Scope == GitHubScope.Repository)
        {
            return null;
        }

        var groups = await CallAsync("list runner groups", () => RunnerGroupList.ReadAsync(rest.Connection, rest.Endpoint, cancellationToken), cancellationToken);
        return groups is null ? null :
        [
            .. groups.Select(group => new RunnerGroupView(group.Name, group.Default)
            {
                AllowsPublicRepositories = group.AllowsPublicRepositories,
                Visibility = group.Visibility,
            }),
        ];
    }

    /// <summary>Whether the repository that runners are registered at is public; <c>null</c>: they are registered elsewhere.</summary>
    /// <exception cref="OperatorException">The credentials may not see it.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    public async Task<bool?> IsPublicAsync(CancellationToken cancellationToken)
    {
        if (rest.Endpoint.Scope != GitHubScope.Repository)
        {
            return null;
        }

        var response = await CallAsync(
            "read the repository",
            () => rest.Connection.Get<RepositoryItem>(new Uri(rest.Endpoint.Entity, UriKind.Relative), parameters: null, accepts: null, cancellationToken),
            cancellationToken);
        return !response.Body.Private;
    }

    private static string? Header<T>(IApiResponse<T>? response, string name) =>
        response?.HttpResponse.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private Task<T> CallAsync<T>(string action, Func<Task<T>> call, CancellationToken cancellationToken) =>
        GitHubErrors.TranslateAsync(rest, action, call, cancellationToken);
}

/// <summary>What GitHub says of credentials.</summary>
public sealed record CredentialView
{
    /// <summary>Calls an hour; <c>null</c>: the server has no limit.</summary>
    public int? Limit { get; init; }

    /// <summary>Calls left of them; <c>null</c> likewise.</summary>
    public int? Remaining { get; init; }

    /// <summary>Scopes of a classic token; <c>null</c>: it is none.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When the token ends; <c>null</c>: never, or GitHub does not say.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>A runner group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">Whether runners get into it that name none.</param>
public sealed record RunnerGroupView(string Name, bool IsDefault)
{
    /// <summary>Whether jobs of public repositories may run on its runners.</summary>
    public bool AllowsPublicRepositories { get; init; }

    /// <summary><c>all</c>, <c>private</c> or <c>selected</c> repositories; <c>null</c>: the server does not say.</summary>
    public string? Visibility { get; init; }
}
