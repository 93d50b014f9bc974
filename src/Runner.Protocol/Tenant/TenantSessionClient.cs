using System.Globalization;
using System.Text.Json;
using Runner.Jobs.Errors;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.Registration;

namespace Runner.Protocol.Tenant;

/// <summary>A runner's talk with its pool by the older protocol: session, long poll, deletion of messages (<c>sessions-and-messages.md</c>, V1).</summary>
/// <remarks>It retries nothing, as <see cref="BrokerClient"/> does not.</remarks>
public sealed class TenantSessionClient(
    HttpClient http, Uri tenant, ITokenSource tokens, TenantLocations locations, RunnerDescription runner, RunnerSettings settings, TimeProvider time)
{
    // The server holds a poll for about 50 s; GitHub's runner waits this long.
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(30);

    private readonly TenantTransport _transport = new(http, tenant, tokens, locations, time);

    /// <summary>Opens the runner's session.</summary>
    /// <param name="ownerName"><c>{machine} (PID: {pid})</c>, for people.</param>
    /// <param name="useFips">Whether its key is to be wrapped with OAEP-SHA256.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">Refused: <see cref="ProtocolErrorKind.SessionConflict"/>, <see cref="ProtocolErrorKind.RunnerNotFound"/>, …</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<TenantSession> CreateAsync(string ownerName, bool useFips, CancellationToken cancellationToken)
    {
        var body = new CreateSessionRequest
        {
            OwnerName = ownerName,
            Agent = new SessionAgent { Id = settings.AgentId, Name = settings.AgentName, Version = runner.Version, OsDescription = runner.Os },
            UseFipsEncryption = useFips,
        };
        var call = new TenantCall(HttpMethod.Post, TenantResource.Sessions) { Values = Pool() };
        var reply = await _transport.SendAsync(call.With(body, TenantJson.Default.CreateSessionRequest), cancellationToken);
        return reply.Read(TenantJson.Default.TenantSession);
    }

    /// <summary>Closes a session.</summary>
    public Task DeleteAsync(Guid sessionId, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Delete, TenantResource.Sessions) { Values = Pool("sessionId", sessionId.ToString("D")), Timeout = DeleteTimeout },
        cancellationToken);

    /// <summary>Waits for a message; <c>null</c> where none came while the server held the poll: poll again at once.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="lastMessage">The message that came last, or <c>null</c>.</param>
    /// <param name="status">Whether the runner can take a job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">Refused: <see cref="ProtocolErrorKind.SessionInvalid"/>, <see cref="ProtocolErrorKind.RunnerNotFound"/>, …</exception>
    /// <exception cref="InfrastructureException">To be tried again, after a pause.</exception>
    public async Task<TenantMessage?> GetMessageAsync(Guid sessionId, long? lastMessage, RunnerStatus status, CancellationToken cancellationToken)
    {
        var query = new Dictionary<string, string> { ["sessionId"] = sessionId.ToString("D") };
        if (lastMessage is { } last)
        {
            query["lastMessageId"] = last.ToString(CultureInfo.InvariantCulture);
        }

        query["status"] = status.ToString();
        query["runnerVersion"] = runner.Version;
        query["os"] = runner.Os;
        query["architecture"] = runner.Architecture;
        query["disableUpdate"] = "true";
        var call = new TenantCall(HttpMethod.Get, TenantResource.Messages) { Values = Pool(), Query = query, Timeout = PollTimeout };
        var reply = await _transport.SendAsync(call, cancellationToken);
        if (reply.Body.AsSpan().IndexOfAnyExcept(" \r\n\t"u8) < 0)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(reply.Body, TenantJson.Default.TenantMessage);
        }
        catch (JsonException exception)
        {
            throw new InfrastructureException($"{reply}, but its body is no message: {exception.Message}", exception);
        }
    }

    /// <summary>Says that a message was handled: the server need not send it again.</summary>
    public Task DeleteMessageAsync(Guid sessionId, long message, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Delete, TenantResource.Messages)
        {
            Version = "5.1-preview.1",
            Values = Pool("messageId", message.ToString(CultureInfo.InvariantCulture)),
            Query = new() { ["sessionId"] = sessionId.ToString("D") },
            Timeout = DeleteTimeout,
        },
        cancellationToken);

    /// <summary>The message of a job that was offered by its id alone.</summary>
    /// <returns>The JSON.</returns>
    public async Task<byte[]> GetJobMessageAsync(string messageId, CancellationToken cancellationToken)
    {
        var call = new TenantCall(HttpMethod.Get, TenantResource.JobMessage) { Values = Pool("messageId", messageId), Query = new() { ["messageId"] = messageId } };
        return (await _transport.SendAsync(call, cancellationToken)).Body;
    }

    private Dictionary<string, string?> Pool(string? name = null, string? value = null)
    {
        var values = new Dictionary<string, string?> { ["poolId"] = settings.PoolId.ToString(CultureInfo.InvariantCulture) };
        if (name is not null)
        {
            values[name] = value;
        }

        return values;
    }
}
