using Octokit;
using Octokit.Internal;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Auth;

/// <summary>Gets the installation's token by the App's key, keeps it, and renews it before it ends. Callers at one time share one renewal.</summary>
internal sealed class AppCredentialStore(
    GitHubCredentials.App app,
    GitHubEndpoint endpoint,
    IHttpClient http,
    TimeProvider time) : ICredentialStore
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Task<AccessToken>? _request;

    public async Task<Credentials> GetCredentials() => new((await CurrentAsync()).Token, AuthenticationType.Bearer);

    private Task<AccessToken> CurrentAsync()
    {
        lock (_gate)
        {
            if (_request is null || (_request.IsCompleted && !IsFresh(_request)))
            {
                _request = RequestAsync();
            }

            return _request;
        }
    }

    private bool IsFresh(Task<AccessToken> request) =>
        request.IsCompletedSuccessfully && time.GetUtcNow() < request.Result.ExpiresAt - RenewBefore; // completed: Result does not wait

    private async Task<AccessToken> RequestAsync()
    {
        var store = new InMemoryCredentialStore(new Credentials(Sign(), AuthenticationType.Bearer));
        var apps = new GitHubClient(new Connection(GitHubRest.Product, endpoint.ApiBase, store, http, new SimpleJsonSerializer())).GitHubApps;
        try
        {
            var installation = app.InstallationId ?? (await FindInstallationAsync(apps)).Id;
            return await apps.CreateInstallationToken(installation);
        }
        catch (Exception error) when (error is ApiException { StatusCode: System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Unauthorized })
        {
            throw new OperatorException(
                $"GitHub does not know App '{app.AppId}' with this key as installed at {endpoint.Url}: check github.auth.appId, "
                + "github.auth.installationId and github.auth.privateKeyFile, and that the App is installed there",
                error);
        }
    }

    private string Sign()
    {
        using var key = CredentialFiles.ReadKey(app.PrivateKeyFile);
        return AppToken.Create(app.AppId, key, time.GetUtcNow());
    }

    private Task<Installation> FindInstallationAsync(IGitHubAppsClient apps) => endpoint.Scope switch
    {
        GitHubScope.Organization => apps.GetOrganizationInstallationForCurrent(endpoint.Owner),
        GitHubScope.Repository => apps.GetRepositoryInstallationForCurrent(endpoint.Owner, endpoint.Repository),
        _ => throw new OperatorException("github.auth.installationId is missing: for an enterprise it cannot be looked up"),
    };
}
