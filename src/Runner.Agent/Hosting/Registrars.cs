using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.GitHubClients;
using Runner.GitHub;
using Runner.GitHub.Auth;
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
    public static RunnerRegistrar Make(IServiceProvider provider, AgentOptions options)
    {
        var (endpoint, time) = (provider.GetRequiredService<GitHubEndpoint>(), provider.GetRequiredService<TimeProvider>());
        var rest = new GitHubRegistrar(provider.GetRequiredService<GitHubRest>());
        var pools = new AgentPoolClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(BrokerSessions.HttpClientName),
            Tenant(provider, mayBeOwn: true, RetryOptions.None),
            provider.GetRequiredService<TenantLocations>(),
            time);
        return new RunnerRegistrar(endpoint, rest, new PoolRegistrar(pools, endpoint, options.Github.RunnerVersion));
    }

    /// <summary>The service that administers runners and scale sets.</summary>
    /// <param name="provider">The agent's services.</param>
    /// <param name="mayBeOwn">Whether the configured token may be one for registrations itself.</param>
    /// <param name="retry">How calls are repeated.</param>
    public static ActionsTenant Tenant(IServiceProvider provider, bool mayBeOwn, RetryOptions retry)
    {
        var (endpoint, time) = (provider.GetRequiredService<GitHubEndpoint>(), provider.GetRequiredService<TimeProvider>());
        var tokens = new RegistrationTokens(provider.GetRequiredService<GitHubRest>(), mayBeOwn);
        return new ActionsTenant(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(BrokerSessions.HttpClientName),
            endpoint.ApiBase,
            endpoint.Url,
            tokens.NewAsync,
            retry,
            time,
            provider.GetRequiredService<ILogger<ActionsTenant>>());
    }
}
