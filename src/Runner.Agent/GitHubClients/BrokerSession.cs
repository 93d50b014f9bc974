using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Jobs.Errors;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Protocol.Registration;
using Runner.Protocol.RunService;

namespace Runner.Agent.GitHubClients;

/// <summary>A session over the broker's and the run service's clients.</summary>
internal sealed class BrokerSession(
    JitConfig config, BrokerClient home, OAuthTokenClient tokens, JobClients runServices, AgentMetrics metrics, string machine) : IRunnerSession
{
    private const string Os = "Linux";

    private BrokerClient? _moved;
    private RunnerStatus _status = RunnerStatus.Online;
    private Guid _id;

    public string RunnerName => config.Settings.AgentName;

    public async Task<IncomingMessage?> NextAsync(RunnerStatus status, CancellationToken cancellationToken)
    {
        _status = status;
        var message = await ToldAsync(Broker.GetMessageAsync(_id, status, cancellationToken));
        switch (message)
        {
            case BrokerMoved moved:
                _moved = home.At(moved.Address);
                return null;
            case TokenRefreshAsked:
                tokens.TryDrop(await tokens.GetAsync(cancellationToken));
                return null;
            case UnknownMessage or UnreadableMessage:
                metrics.MessageIgnored(message is UnknownMessage ? "unknown" : "unreadable");
                return message;
            default:
                return message;
        }
    }

    public async Task ReopenAsync(CancellationToken cancellationToken)
    {
        _moved = null;
        var owner = $"{machine} (PID: {Environment.ProcessId})";
        var session = await ToldAsync(home.CreateSessionAsync(config.Settings.AgentId, RunnerName, owner, cancellationToken));
        _id = session.SessionId;
        if (Uri.TryCreate(session.BrokerMigrationMessage?.BrokerBaseUrl, UriKind.Absolute, out var moved))
        {
            _moved = home.At(moved);
        }
    }

    public async Task<bool> AcknowledgeAsync(RunnerJobRequest offer, CancellationToken cancellationToken)
    {
        if (!offer.ShouldAcknowledge || offer.RunnerRequestId is not { } id)
        {
            return true;
        }

        try
        {
            await Broker.AcknowledgeAsync(_id, _status, id, cancellationToken);
            return true;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.AcknowledgeJobNotFound)
        {
            return false;
        }
        catch (Exception error) when (error is ProtocolException or InfrastructureException)
        {
            return true; // best effort: the acquisition decides
        }
    }

    public async Task<AcquiredJob> AcquireAsync(RunnerJobRequest offer, CancellationToken cancellationToken)
    {
        if (offer.RunnerRequestId is not { Length: > 0 } id || !Uri.TryCreate(offer.RunServiceUrl, UriKind.Absolute, out var address))
        {
            throw new ProtocolException(ProtocolErrorKind.BadReply, "The offer names no job, or no run service to take it from");
        }

        try
        {
            var job = await runServices.Acquirer(address, tokens).AcquireJobAsync(id, Os, offer.BillingOwnerId, cancellationToken);
            return runServices.For(job) is { } service
                ? new AcquiredJob(job, service)
                : throw new UnreadableJobException(
                    "its message has no endpoint 'SystemVssConnection' with an address and a token",
                    runServices.For(job.Plan.PlanId, job.JobId, address, tokens));
        }
        catch (UnreadableJobMessageException unreadable)
        {
            throw new UnreadableJobException(unreadable.Message, ServiceOf(unreadable, address));
        }
    }

    public Task CloseAsync(CancellationToken cancellationToken) => Broker.DeleteSessionAsync(cancellationToken);

    public void Dispose() => tokens.Dispose();

    private BrokerClient Broker => _moved ?? home;

    // Of all refusals the one that a setting mends.
    private static async Task<T> ToldAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.VersionTooOld)
        {
            throw new ProtocolException(
                ProtocolErrorKind.VersionTooOld,
                $"GitHub refuses the version that is announced as too old; upgrade this runner, or set github.runnerVersion to a newer one: {refusal.Message}");
        }
    }

    private GitHubJobService? ServiceOf(UnreadableJobMessageException unreadable, Uri acquiredFrom)
    {
        if (unreadable is not { PlanId: { } plan, JobId: { } job })
        {
            return null;
        }

        // Where the message does not even give its connection, the runner's own token may do.
        return unreadable is { RunServiceUrl: { } address, Token: { } token }
            ? runServices.For(plan, job, address, new Protocol.Http.FixedToken(token))
            : runServices.For(plan, job, acquiredFrom, tokens);
    }
}
