using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Jobs.Errors;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Protocol.Registration;
using Runner.Protocol.Tenant;

namespace Runner.Agent.GitHubClients;

/// <summary>A session with the pool of an older server (<c>sessions-and-messages.md</c>, V1): encrypted messages that are deleted once they are handled.</summary>
/// <remarks>
/// A message counts as handled when the next one is asked for, or the session is closed: a job is in the journal by then. One that could not be
/// taken is not deleted, so that it comes again.
/// </remarks>
internal sealed class TenantRunnerSession(
    JitConfig config,
    TenantSessionClient tenant,
    Func<Uri, BrokerClient> brokerAt,
    OAuthTokenClient tokens,
    JobAcquisition jobs,
    AgentMetrics metrics,
    string machine) : IRunnerSession
{
    private Guid _id;
    private SessionCipher? _cipher;
    private RunnerStatus _status = RunnerStatus.Online;
    private BrokerClient? _offeredBy; // the broker that the last message came from
    private long? _last;
    private long? _undeleted;

    public string RunnerName => config.Settings.AgentName;

    // Of older servers it is not known.
    public bool EndsWithItsJob => false;

    public async Task<IncomingMessage?> NextAsync(RunnerStatus status, CancellationToken cancellationToken)
    {
        _status = status;
        await DeleteHandledAsync(cancellationToken);
        _offeredBy = null;
        if (_cipher is not { } cipher)
        {
            throw new ProtocolException(ProtocolErrorKind.SessionInvalid, "The session is not open");
        }

        if (await VersionFloor.ToldAsync(tenant.GetMessageAsync(_id, _last, status, cancellationToken)) is not { } sealedMessage)
        {
            return null;
        }

        IncomingMessage? message = cipher.Read(sealedMessage);
        if (message is BrokerMoved moved)
        {
            // One poll there, by this session; the next is here again.
            _offeredBy = brokerAt(moved.Address);
            message = await VersionFloor.ToldAsync(_offeredBy.GetMessageAsync(_id, status, cancellationToken));
            return await SessionMessages.HandleAsync(message, tokens, metrics, cancellationToken);
        }

        _last = sealedMessage.MessageId;
        _undeleted = message is JobOffered && status == RunnerStatus.Busy ? null : _last; // a second job is not ours to settle
        return await SessionMessages.HandleAsync(message, tokens, metrics, cancellationToken);
    }

    public async Task ReopenAsync(CancellationToken cancellationToken)
    {
        var useFips = config.Credentials.Data.RequireFipsCryptography;
        var session = await VersionFloor.ToldAsync(tenant.CreateAsync($"{machine} (PID: {Environment.ProcessId})", useFips, cancellationToken));
        _cipher = SessionCipher.Of(session, config.Key);
        _id = session.SessionId;
        (_last, _undeleted, _offeredBy) = (null, null, null);
    }

    public Task AcknowledgeAsync(RunnerJobRequest offer, CancellationToken cancellationToken) =>
        _offeredBy is { } broker && offer is { ShouldAcknowledge: true, RunnerRequestId: { } id }
            ? broker.AcknowledgeAsync(_id, _status, id, cancellationToken)
            : Task.CompletedTask;

    public async Task<AcquiredJob> AcquireAsync(RunnerJobRequest offer, CancellationToken cancellationToken)
    {
        try
        {
            return offer is { JobMessage: null, RunServiceUrl: null or "", RunnerRequestId: { Length: > 0 } id }
                ? await jobs.TakeAsync(await tenant.GetJobMessageAsync(id, cancellationToken), cancellationToken)
                : await jobs.AcquireAsync(offer, cancellationToken);
        }
        catch (InfrastructureException)
        {
            (_last, _undeleted) = (null, null);
            throw;
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await DeleteHandledAsync(cancellationToken);
        if (_cipher is not null)
        {
            await tenant.DeleteAsync(_id, cancellationToken);
        }
    }

    public void Dispose() => tokens.Dispose();

    private async Task DeleteHandledAsync(CancellationToken cancellationToken)
    {
        if (_undeleted is not { } message)
        {
            return;
        }

        try
        {
            await tenant.DeleteMessageAsync(_id, message, cancellationToken);
        }
        catch (Exception error) when (error is ProtocolException or InfrastructureException)
        {
            // It is gone, or the session is, which the next poll tells; what is only not deleted is not sent again in this session.
        }

        _undeleted = null;
    }
}
