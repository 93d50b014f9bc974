using System.Net;
using Octokit;
using Runner.GitHub.Auth;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.GitHub.Registration;

/// <summary>Makes registration tokens (<c>registration.md</c> section 3), by which the service of runners lets us in. Retries nothing.</summary>
/// <param name="rest">GitHub's REST service.</param>
/// <param name="mayBeOwn">
/// Whether the configured token is taken for a registration token where the server makes none: some that speak GitHub's protocol have no REST
/// service, and are given such a token by their operator.
/// </param>
public sealed class RegistrationTokens(GitHubRest rest, bool mayBeOwn = false)
{
    private readonly string? _ownTokenFile = mayBeOwn && !rest.Endpoint.IsHosted && rest.Credentials is GitHubCredentials.TokenFile file ? file.Path : null;

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
        var uri = new Uri($"{rest.Endpoint.Entity}/actions/runners/registration-token", UriKind.Relative);
        var response = await GitHubErrors.TranslateAsync(
            rest,
            "make a registration token",
            () => rest.Connection.Post<RegistrationTokenResponse>(uri, new object(), "application/vnd.github+json", "application/json", parameters: null, cancellationToken),
            cancellationToken);
        return response.Body is { Token: { Length: > 0 } token }
            ? new Secret(token)
            : throw new InfrastructureException($"{rest.Endpoint.ApiBase} answered without a registration token");
    }
}
