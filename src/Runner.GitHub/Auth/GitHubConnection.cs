using Octokit;
using Octokit.Internal;

namespace Runner.GitHub.Auth;

/// <summary>Opens Octokit's connection to an endpoint.</summary>
internal static class GitHubConnection
{
    public static ProductHeaderValue Product { get; } = new("act-runner", typeof(GitHubConnection).Assembly.GetName().Version?.ToString(3));

    public static Connection Open(GitHubEndpoint endpoint, GitHubCredentials credentials, Func<HttpMessageHandler> handlers, TimeProvider time)
    {
        var http = new HttpClientAdapter(handlers);
        ICredentialStore store = credentials switch
        {
            GitHubCredentials.TokenFile file => new TokenFileCredentialStore(file.Path),
            GitHubCredentials.App app => new AppCredentialStore(app, endpoint, http, time),
            _ => throw new ArgumentOutOfRangeException(nameof(credentials), credentials.GetType().Name, "unknown kind of credentials"),
        };
        return new Connection(Product, endpoint.ApiBase, store, http, new SimpleJsonSerializer());
    }
}
