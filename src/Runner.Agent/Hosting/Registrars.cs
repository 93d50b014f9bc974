using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.GitHubClients;
using Runner.GitHub;
using Runner.GitHub.Registration;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;
using Runner.Protocol.Tenant;

namespace Runner.Agent.Hosting;

/// <summary>Puts together what registers runners, in whatever way the server knows.</summary>
internal static class Registrars
{
    /// <summary>The registrar.</summary>
    /// <param name="provider">The agent's services.</param>
    /// <param name="options">The agent's settings.</param>
    /// <param name="restClient">Name of the HTTP client of GitHub's REST service.</param>
    public static RunnerRegistrar Make(IServiceProvider provider, AgentOptions options, string restClient)
    {
        var (endpoint, time) = (provider.GetRequiredService<GitHubEndpoint>(), provider.GetRequiredService<TimeProvider>());
        var rest = new GitHubRegistrar(endpoint, GitHubAuth.Read(options.Github.Auth), Handlers(provider, restClient), time);
        var pools = new AgentPoolClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(BrokerSessions.HttpClientName),
            Tenant(provider, options, restClient, mayBeOwn: true, RetryOptions.None),
            provider.GetRequiredService<TenantLocations>(),
            time);
        return new RunnerRegistrar(endpoint, rest, new PoolRegistrar(pools, endpoint, options.Github.RunnerVersion));
    }

    /// <summary>The service that administers runners and scale sets.</summary>
    /// <param name="provider">The agent's services.</param>
    /// <param name="options">The agent's settings.</param>
    /// <param name="restClient">Name of the HTTP client of GitHub's REST service.</param>
    /// <param name="mayBeOwn">Whether the configured token may be one for registrations itself.</param>
    /// <param name="retry">How calls are repeated.</param>
    public static ActionsTenant Tenant(IServiceProvider provider, AgentOptions options, string restClient, bool mayBeOwn, RetryOptions retry)
    {
        var (endpoint, time) = (provider.GetRequiredService<GitHubEndpoint>(), provider.GetRequiredService<TimeProvider>());
        var tokens = new RegistrationTokens(endpoint, GitHubAuth.Read(options.Github.Auth), Handlers(provider, restClient), time, mayBeOwn);
        return new ActionsTenant(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(BrokerSessions.HttpClientName),
            endpoint.ApiBase,
            endpoint.Url,
            tokens.NewAsync,
            retry,
            time,
            provider.GetRequiredService<ILogger<ActionsTenant>>());
    }

    private static Func<HttpMessageHandler> Handlers(IServiceProvider provider, string client) =>
        () => provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(client);
}
