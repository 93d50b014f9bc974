using System.Net;
using Octokit;
using Runner.GitHub.Auth;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.GitHub.Registration;

/// <summary>Makes registration tokens (<c>registration.md</c> section 3), by which the service of runners lets us in. Retries nothing.</summary>
public sealed class RegistrationTokens
{
    private readonly GitHubEndpoint _endpoint;
    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly string? _ownTokenFile;

    /// <summary>A source of one endpoint's tokens.</summary>
    /// <param name="endpoint">Where runners are registered.</param>
    /// <param name="credentials">As whom.</param>
    /// <param name="handlers">Gives the HTTP handler: proxy, certificates and pooling are its matter.</param>
    /// <param name="time">The clock of token renewal.</param>
    /// <param name="mayBeOwn">
    /// Whether the configured token is taken for a registration token where the server makes none: some that speak GitHub's protocol have no REST
    /// service, and are given such a token by their operator.
    /// </param>
    public RegistrationTokens(
        GitHubEndpoint endpoint, GitHubCredentials credentials, Func<HttpMessageHandler> handlers, TimeProvider time, bool mayBeOwn = false)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(handlers);
        _endpoint = endpoint;
        _time = time;
        _connection = GitHubConnection.Open(endpoint, credentials, handlers, time);
        _ownTokenFile = mayBeOwn && !endpoint.IsHosted && credentials is GitHubCredentials.TokenFile file ? file.Path : null;
    }

    /// <summary>A new token.</summary>
    /// <exception cref="OperatorException">GitHub refuses: credentials, rights, an unknown address.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached, is at a loss, or limits the rate.</exception>
    public async Task<Secret> NewAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(cancellationToken);
        }
        catch (Exception refusal) when (_ownTokenFile is not null
            && refusal.InnerException is ApiException { StatusCode: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed })
        {
            return new Secret(CredentialFiles.ReadToken(_ownTokenFile));
        }
    }

    private async Task<Secret> AskAsync(CancellationToken cancellationToken)
    {
        var uri = new Uri($"{_endpoint.Entity}/actions/runners/registration-token", UriKind.Relative);
        var response = await GitHubErrors.TranslateAsync(
            _endpoint,
            "make a registration token",
            _time,
            () => _connection.Post<RegistrationTokenResponse>(uri, new object(), "application/vnd.github+json", "application/json", parameters: null, cancellationToken),
            cancellationToken);
        return response.Body is { Token: { Length: > 0 } token }
            ? new Secret(token)
            : throw new InfrastructureException($"{_endpoint.ApiBase} answered without a registration token");
    }
}
