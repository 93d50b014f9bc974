using Octokit;
using Octokit.Internal;

namespace Runner.GitHub.Auth;

/// <summary>GitHub's REST service as one caller: all clients that share it share its credentials, and so the one token that an App gets and renews.</summary>
public sealed class GitHubRest
{
    /// <summary>The service of an endpoint.</summary>
    /// <param name="endpoint">Where runners are registered.</param>
    /// <param name="credentials">As whom.</param>
    /// <param name="handlers">Gives the HTTP handler: proxy, certificates and pooling are its matter.</param>
    /// <param name="time">The clock of token renewal.</param>
    public GitHubRest(GitHubEndpoint endpoint, GitHubCredentials credentials, Func<HttpMessageHandler> handlers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(handlers);
        (Endpoint, Credentials, Time) = (endpoint, credentials, time);
        var http = new HttpClientAdapter(handlers);
        ICredentialStore store = credentials switch
        {
            GitHubCredentials.TokenFile file => new TokenFileCredentialStore(file.Path),
            GitHubCredentials.App app => new AppCredentialStore(app, endpoint, http, time),
            _ => throw new ArgumentOutOfRangeException(nameof(credentials), credentials.GetType().Name, "unknown kind of credentials"),
        };
        Connection = new Connection(Product, endpoint.ApiBase, store, http, new SimpleJsonSerializer());
    }

    /// <summary>What we call ourselves.</summary>
    internal static ProductHeaderValue Product { get; } = new("act-runner", typeof(GitHubRest).Assembly.GetName().Version?.ToString(3));

    /// <summary>Where runners are registered.</summary>
    internal GitHubEndpoint Endpoint { get; }

    /// <summary>As whom.</summary>
    internal GitHubCredentials Credentials { get; }

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; }

    /// <summary>Octokit's connection.</summary>
    internal Connection Connection { get; }
}
