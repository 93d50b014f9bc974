using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Protocol.Broker;
using Runner.Protocol.OAuth;
using Runner.Protocol.Registration;

namespace Runner.Agent.GitHubClients;

/// <summary>A session over the broker's and the run service's clients.</summary>
internal sealed class BrokerSession(
    JitConfig config, BrokerClient home, OAuthTokenClient tokens, JobAcquisition jobs, AgentMetrics metrics, string machine) : IRunnerSession
{
    private BrokerClient? _moved;
    private RunnerStatus _status = RunnerStatus.Online;
    private Guid _id;

    public string RunnerName => config.Settings.AgentName;

    // Seen live: after the job's end the session answers emptily, then 401, though nobody deleted it (sessions-and-messages.md section 7).
    public bool EndsWithItsJob => true;

    public async Task<IncomingMessage?> NextAsync(RunnerStatus status, CancellationToken cancellationToken)
    {
        _status = status;
        var message = await VersionFloor.ToldAsync(Broker.GetMessageAsync(_id, status, cancellationToken));
        if (message is BrokerMoved moved)
        {
            _moved = home.At(moved.Address);
            return null;
        }

        return await SessionMessages.HandleAsync(message, tokens, metrics, cancellationToken);
    }

    public async Task ReopenAsync(CancellationToken cancellationToken)
    {
        _moved = null;
        var owner = $"{machine} (PID: {Environment.ProcessId})";
        var session = await VersionFloor.ToldAsync(home.CreateSessionAsync(config.Settings.AgentId, RunnerName, owner, cancellationToken));
        _id = session.SessionId;
        if (Uri.TryCreate(session.BrokerMigrationMessage?.BrokerBaseUrl, UriKind.Absolute, out var moved))
        {
            _moved = home.At(moved);
        }
    }

    public Task AcknowledgeAsync(RunnerJobRequest offer, CancellationToken cancellationToken) => offer is { ShouldAcknowledge: true, RunnerRequestId: { } id }
        ? Broker.AcknowledgeAsync(_id, _status, id, cancellationToken)
        : Task.CompletedTask;

    public Task<AcquiredJob> AcquireAsync(RunnerJobRequest offer, CancellationToken cancellationToken) => jobs.AcquireAsync(offer, cancellationToken);

    public Task CloseAsync(CancellationToken cancellationToken) => Broker.DeleteSessionAsync(cancellationToken);

    public void Dispose() => tokens.Dispose();

    private BrokerClient Broker => _moved ?? home;
}
