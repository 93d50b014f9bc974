using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Protocol.Registration;
using Runner.Protocol.Tenant;

namespace Runner.Agent.GitHubClients;

/// <summary>
/// Opens real sessions: JIT configuration → token → session, with the broker or, at a server of the older protocol, with the pool. The configuration
/// says which; nobody else has to know.
/// </summary>
internal sealed class BrokerSessions(
    IHttpClientFactory http, JobClients clients, TenantLocations locations, AgentOptions options, AgentMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    : IRunnerSessions
{
    /// <summary>Name of the HTTP client of all calls to GitHub's Actions services.</summary>
    public const string HttpClientName = JobClients.HttpClientName;

    public async Task<IRunnerSession> OpenAsync(RunnerRegistration registration, CancellationToken cancellationToken)
    {
        var (session, _) = Make(registration.EncodedJitConfig, registration.Name);
        try
        {
            await session.ReopenAsync(cancellationToken);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public async Task<IRunnerSession?> PrepareAsync(RunnerRegistration registration, CancellationToken cancellationToken)
    {
        IRunnerSession? session = null;
        try
        {
            (session, var tokens) = Make(registration.EncodedJitConfig, registration.Name);
            await tokens.GetAsync(cancellationToken);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException or OperationCanceledException)
        {
            // Met again when the session is opened, which tells of it.
        }

        return session;
    }

    public IRunnerSession Resume(Secret encodedJitConfig) => Make(encodedJitConfig, "of an agent that is gone").Session;

    private (IRunnerSession Session, OAuthTokenClient Tokens) Make(Secret encodedJitConfig, string name)
    {
        var config = JitConfig.Decode(encodedJitConfig.Reveal());
        var settings = config.Settings;
        var client = http.CreateClient(HttpClientName);
        var description = new RunnerDescription { Version = options.Github.RunnerVersion };
        var machine = options.Agent.Instance ?? Environment.MachineName;
        if (settings.UseV2Flow && Uri.TryCreate(settings.ServerUrlV2, UriKind.Absolute, out var broker))
        {
            var tokens = Tokens(client, config);
            var home = new BrokerClient(client, broker, tokens, description, time);
            return (new BrokerSession(config, home, tokens, new JobAcquisition(config, clients, tokens), metrics, machine), tokens);
        }

        if (!settings.UseV2Flow && Uri.TryCreate(settings.ServerUrl, UriKind.Absolute, out var tenant))
        {
            var tokens = Tokens(client, config);
            var session = new TenantRunnerSession(
                config,
                new TenantSessionClient(client, tenant, tokens, locations, description, settings, time),
                address => new BrokerClient(client, address, tokens, description, time),
                tokens,
                new JobAcquisition(config, clients, tokens),
                metrics,
                machine);
            return (session, tokens);
        }

        throw new OperatorException(
            $"GitHub gave runner '{name}' no address to wait for jobs at: {(settings.UseV2Flow ? "useV2Flow without serverUrlV2" : "neither useV2Flow nor serverUrl")}");
    }

    private OAuthTokenClient Tokens(HttpClient client, JitConfig config) =>
        new(client, config, RetryOptions.None, time, loggers.CreateLogger<OAuthTokenClient>());
}
