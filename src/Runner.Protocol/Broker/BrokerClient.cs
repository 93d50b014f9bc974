using System.Text.Json;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Protocol.Broker;

/// <summary>A runner's talk with the broker: session, long poll, acknowledge (<c>sessions-and-messages.md</c>, V2).</summary>
/// <remarks>
/// It retries nothing: how long to wait after which error is the session loop's decision, and a retry in here would multiply it.
/// The <see cref="HttpClient"/> must not time out before 100 s, nor have a resilience handler.
/// </remarks>
public sealed class BrokerClient(HttpClient http, Uri address, ITokenSource tokens, RunnerDescription runner, TimeProvider time)
{
    // The server holds a poll for about 50 s; GitHub's runner waits this long.
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan AcknowledgeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(30);

    private readonly ServiceTransport _transport = new(http, tokens, time);

    /// <summary>The same client for another broker, to follow a <see cref="BrokerMoved"/>.</summary>
    public BrokerClient At(Uri other) => new(http, other, tokens, runner, time);

    /// <summary>Opens the runner's session.</summary>
    /// <param name="agentId">Id of the runner.</param>
    /// <param name="agentName">Its name.</param>
    /// <param name="ownerName"><c>{machine} (PID: {pid})</c>, for people.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">Refused: <see cref="ProtocolErrorKind.SessionConflict"/>, <see cref="ProtocolErrorKind.RunnerNotFound"/>, …</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<RunnerSession> CreateSessionAsync(long agentId, string agentName, string ownerName, CancellationToken cancellationToken)
    {
        var body = new CreateSessionRequest
        {
            OwnerName = ownerName,
            Agent = new SessionAgent
            {
                Id = agentId,
                Name = agentName,
                Version = runner.Version,
                OsDescription = runner.Os,
            },
        };
        var call = ServiceCall.Post(address, BrokerRoutes.Session, body, BrokerJson.Default.CreateSessionRequest);
        var reply = await _transport.SendAsync(call, cancellationToken);
        if (reply.Status == 409 && Kind(reply) is null)
        {
            throw reply.Refusal(ProtocolErrorKind.SessionConflict, "another session of this runner is open");
        }

        return Checked(reply).Read(BrokerJson.Default.RunnerSession);
    }

    /// <summary>Closes the runner's session; the token names it.</summary>
    public async Task DeleteSessionAsync(CancellationToken cancellationToken)
    {
        var call = new ServiceCall(HttpMethod.Delete, new Uri(address, BrokerRoutes.Session), BrokerRoutes.Session) { Timeout = DeleteTimeout };
        Checked(await _transport.SendAsync(call, cancellationToken));
    }

    /// <summary>Waits for a message; <c>null</c> where none came while the server held the poll: poll again at once.</summary>
    /// <exception cref="ProtocolException">Refused: <see cref="ProtocolErrorKind.SessionInvalid"/>, <see cref="ProtocolErrorKind.RunnerNotFound"/>, …</exception>
    /// <exception cref="InfrastructureException">To be tried again, after a pause.</exception>
    public async Task<IncomingMessage?> GetMessageAsync(Guid sessionId, RunnerStatus status, CancellationToken cancellationToken)
    {
        var call = new ServiceCall(HttpMethod.Get, Address(BrokerRoutes.Message, sessionId, status), BrokerRoutes.Message) { Timeout = PollTimeout };
        var reply = Checked(await _transport.SendAsync(call, cancellationToken));
        if (reply.Body.AsSpan().IndexOfAnyExcept(" \r\n\t"u8) < 0)
        {
            return null;
        }

        RunnerMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(reply.Body, BrokerJson.Default.RunnerMessage);
        }
        catch (JsonException exception)
        {
            throw new InfrastructureException($"{reply}, but its body is no message: {exception.Message}", exception);
        }

        return message is null ? null : IncomingMessage.Read(message);
    }

    /// <summary>Says that a job message arrived. Best effort: whatever comes back but <see cref="ProtocolErrorKind.AcknowledgeJobNotFound"/>, go on to acquire.</summary>
    public async Task AcknowledgeAsync(Guid sessionId, RunnerStatus status, string runnerRequestId, CancellationToken cancellationToken)
    {
        var body = new AcknowledgeRequest { RunnerRequestId = runnerRequestId };
        var call = new ServiceCall(HttpMethod.Post, Address(BrokerRoutes.Acknowledge, sessionId, status), BrokerRoutes.Acknowledge)
        {
            Content = () => ServiceCall.Json(body, BrokerJson.Default.AcknowledgeRequest),
            Timeout = AcknowledgeTimeout,
        };
        Checked(await _transport.SendAsync(call, cancellationToken));
    }

    private Uri Address(string route, Guid sessionId, RunnerStatus status) => new(
        address,
        $"{route}?sessionId={sessionId:D}&status={status}&runnerVersion={Uri.EscapeDataString(runner.Version)}"
        + $"&os={Uri.EscapeDataString(runner.Os)}&architecture={Uri.EscapeDataString(runner.Architecture)}&disableUpdate=true");

    private static ServiceReply Checked(ServiceReply reply)
    {
        if (reply.IsSuccess)
        {
            return reply;
        }

        var detail = reply.TryRead(BrokerJson.Default.BrokerErrorBody)?.ErrorMessage;
        throw (Kind(reply), reply.Status) switch
        {
            ({ } kind, _) => reply.Refusal(kind, detail),
            (null, 401) => reply.Refusal(ProtocolErrorKind.Unauthorized, detail),
            (null, 403) => reply.Refusal(ProtocolErrorKind.Forbidden, detail),
            _ => reply.Passing(detail),
        };
    }

    private static ProtocolErrorKind? Kind(ServiceReply reply)
    {
        var body = reply.TryRead(BrokerJson.Default.BrokerErrorBody);
        if (body?.Source != BrokerErrorBody.BrokerSource)
        {
            return null;
        }

        return body.ErrorKind switch
        {
            BrokerErrorKinds.RunnerNotFound => ProtocolErrorKind.RunnerNotFound,
            BrokerErrorKinds.RunnerVersionTooOld => ProtocolErrorKind.VersionTooOld,
            BrokerErrorKinds.HostedRunnerDeprovisioned => ProtocolErrorKind.RunnerDeprovisioned,
            BrokerErrorKinds.RunnerSessionInvalid => ProtocolErrorKind.SessionInvalid,
            BrokerErrorKinds.AcknowledgeJobNotFound => ProtocolErrorKind.AcknowledgeJobNotFound,
            _ => null,
        };
    }
}
