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

namespace Runner.Agent.GitHubClients;

/// <summary>Opens real sessions: JIT configuration → token → session with the broker.</summary>
internal sealed class BrokerSessions(
    IHttpClientFactory http, JobClients runServices, AgentOptions options, AgentMetrics metrics, TimeProvider time, ILoggerFactory loggers) : IRunnerSessions
{
    /// <summary>Name of the HTTP client of all calls to GitHub's Actions services. It neither retries nor times out: its users do.</summary>
    public const string HttpClientName = "actions";

    public async Task<IRunnerSession> OpenAsync(RunnerRegistration registration, CancellationToken cancellationToken)
    {
        var session = Make(registration.EncodedJitConfig, registration.Name);
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

    public IRunnerSession Resume(Secret encodedJitConfig) => Make(encodedJitConfig, "of an agent that is gone");

    private BrokerSession Make(Secret encodedJitConfig, string name)
    {
        var config = JitConfig.Decode(encodedJitConfig.Reveal());
        if (!config.Settings.UseV2Flow || !Uri.TryCreate(config.Settings.ServerUrlV2, UriKind.Absolute, out var broker))
        {
            throw new OperatorException(
                $"GitHub gave runner '{name}' no broker (useV2Flow): this server speaks only the older protocol, which this version does not know");
        }

        var client = http.CreateClient(HttpClientName);
        var tokens = new OAuthTokenClient(client, config, RetryOptions.None, time, loggers.CreateLogger<OAuthTokenClient>());
        var description = new RunnerDescription { Version = options.Github.RunnerVersion };
        return new BrokerSession(
            config, new BrokerClient(client, broker, tokens, description, time), tokens, runServices, metrics, options.Agent.Instance ?? Environment.MachineName);
    }
}
