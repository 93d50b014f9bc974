using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;

namespace Runner.Protocol.ScaleSets;

/// <summary>The message session of a set: its queue, and the acquisition of jobs (<c>scaleset.md</c> sections 5 to 7). It retries nothing but a token that ended.</summary>
public sealed class ScaleSetMessages
{
    // The server holds a poll for about 50 s.
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly ScaleSetClient _client;
    private readonly int _set;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private volatile ScaleSetSession _session;

    internal ScaleSetMessages(ScaleSetClient client, int set, ScaleSetSession session, HttpClient http, TimeProvider time)
    {
        _client = client;
        _set = set;
        _session = session;
        _http = http;
        _time = time;
    }

    /// <summary>The session's id, by which it can be ended.</summary>
    public Guid SessionId => _session.SessionId;

    /// <summary>The statistics that the session told last.</summary>
    public ScaleSetStatistics Statistics => _session.Statistics ?? new ScaleSetStatistics();

    /// <summary>Waits for a message after a cursor; <c>null</c> where none came while the server held the poll.</summary>
    /// <param name="last">The cursor: the last message seen in this session, or 0: from the first that was not deleted.</param>
    /// <param name="capacity">Most jobs that the set may have, those that run among them.</param>
    /// <param name="cancellationToken">Gives the poll up; what the server says into it comes again.</param>
    /// <exception cref="ProtocolException">The session is gone, or the set.</exception>
    /// <exception cref="InfrastructureException">To be tried again, after a pause.</exception>
    public async Task<ScaleSetNews?> NextAsync(long last, int capacity, CancellationToken cancellationToken)
    {
        var query = last > 0 ? string.Create(CultureInfo.InvariantCulture, $"lastMessageId={last}") : string.Empty;
        var reply = await CallAsync(
            session => new ServiceCall(HttpMethod.Get, WithQuery(Queue(session), query), "message")
            {
                Timeout = PollTimeout,
                Configure = request =>
                {
                    ScaleSetReplies.NameUs(request);
                    request.Headers.TryAddWithoutValidation(ScaleSetRoutes.CapacityHeader, capacity.ToString(CultureInfo.InvariantCulture));
                },
            },
            cancellationToken);
        return reply.Body.AsSpan().IndexOfAnyExcept(" \r\n\t"u8) < 0 ? null : ScaleSetNews.Read(reply.Read(ScaleSetJson.Default.ScaleSetMessage));
    }

    /// <summary>Deletes a message: no session gets it again.</summary>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public Task DeleteAsync(long message, CancellationToken cancellationToken) => CallAsync(
        session =>
        {
            var address = new UriBuilder(Queue(session));
            address.Path = string.Create(CultureInfo.InvariantCulture, $"{address.Path.TrimEnd('/')}/{message}");
            return new ServiceCall(HttpMethod.Delete, address.Uri, "message") { Timeout = CallTimeout, Configure = ScaleSetReplies.NameUs };
        },
        cancellationToken);

    /// <summary>Acquires jobs that are available, and says which of them the set got.</summary>
    /// <exception cref="ProtocolException">Refused: github.com knows no such call, as it assigns jobs itself.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<IReadOnlyList<long>> AcquireAsync(IReadOnlyList<long> requests, CancellationToken cancellationToken)
    {
        var address = await _client.AcquireAddressAsync(_set, cancellationToken);
        var reply = await CallAsync(
            _ => new ServiceCall(HttpMethod.Post, address, "acquirejobs")
            {
                Content = () => ServiceCall.Json(requests, ScaleSetJson.Default.RequestIds),
                Timeout = CallTimeout,
                Configure = ScaleSetReplies.NameUs,
            },
            cancellationToken);
        return reply.Read(ScaleSetJson.Default.Requests).Value;
    }

    /// <summary>Asks for the statistics of now; an empty poll brings none.</summary>
    /// <exception cref="ProtocolException">The session is gone, or the set.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<ScaleSetStatistics> RefreshAsync(CancellationToken cancellationToken)
    {
        _session = await _client.RefreshSessionAsync(_set, _session.SessionId, cancellationToken);
        return Statistics;
    }

    /// <summary>Ends the session, so that another one can be opened at once.</summary>
    /// <exception cref="ProtocolException">It is gone already.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached.</exception>
    public Task CloseAsync(CancellationToken cancellationToken) => _client.DeleteSessionAsync(_set, _session.SessionId, cancellationToken);

    // A token may end in the middle of any call: the session is asked for another, and the whole of it replaces the old one.
    private async Task<ServiceReply> CallAsync(Func<ScaleSetSession, ServiceCall> call, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(call, cancellationToken);
        if (reply.Status == 401)
        {
            await RefreshAsync(cancellationToken);
            reply = await SendAsync(call, cancellationToken);
        }

        return ScaleSetReplies.Checked(reply);
    }

    private Task<ServiceReply> SendAsync(Func<ScaleSetSession, ServiceCall> call, CancellationToken cancellationToken)
    {
        var session = _session;
        var token = new FixedToken(new Secret(session.MessageQueueAccessToken ?? string.Empty));
        return new ServiceTransport(_http, token, _time).SendAsync(call(session), cancellationToken);
    }

    private static Uri Queue(ScaleSetSession session) => new(session.MessageQueueUrl ?? string.Empty); // checked when it came

    private static Uri WithQuery(Uri address, string query)
    {
        var builder = new UriBuilder(address);
        builder.Query = string.Join('&', new[] { builder.Query.TrimStart('?'), query }.Where(part => part.Length > 0));
        return builder.Uri;
    }
}

/// <summary>A message of the queue, read.</summary>
/// <param name="Id">The cursor of the next poll.</param>
/// <param name="Statistics">Jobs and runners when it was sent, or <c>null</c>.</param>
/// <param name="Jobs">What it says of jobs.</param>
/// <param name="Defect">What of it could not be read, or <c>null</c>.</param>
public sealed record ScaleSetNews(long Id, ScaleSetStatistics? Statistics, ImmutableArray<ScaleSetJob> Jobs, string? Defect = null)
{
    /// <summary>Reads a message. Never fails: what cannot be read is a defect.</summary>
    public static ScaleSetNews Read(ScaleSetMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var news = new ScaleSetNews(message.MessageId, message.Statistics, []);
        if (message.MessageType != ScaleSetMessage.JobMessages)
        {
            return news with { Defect = $"its type is '{message.MessageType}', expected {ScaleSetMessage.JobMessages}" };
        }

        return string.IsNullOrWhiteSpace(message.Body) ? news : ReadBody(news, message.Body);
    }

    // Entry by entry: one that is new to us must not hide the others.
    private static ScaleSetNews ReadBody(ScaleSetNews news, string text)
    {
        var jobs = ImmutableArray.CreateBuilder<ScaleSetJob>();
        var defects = new List<string>();
        try
        {
            using var body = JsonDocument.Parse(text);
            if (body.RootElement.ValueKind != JsonValueKind.Array)
            {
                return news with { Defect = $"its body is a JSON {body.RootElement.ValueKind}, expected an array" };
            }

            foreach (var (index, entry) in body.RootElement.EnumerateArray().Index())
            {
                try
                {
                    jobs.Add(entry.Deserialize(ScaleSetJson.Default.ScaleSetJob) ?? throw new JsonException("it is null"));
                }
                catch (JsonException exception)
                {
                    defects.Add($"entry {index} of its body is not the JSON expected at {exception.Path ?? "$"}");
                }
            }
        }
        catch (JsonException)
        {
            return news with { Defect = "its body is not JSON" };
        }

        return news with { Jobs = jobs.ToImmutable(), Defect = defects.Count == 0 ? null : string.Join("; ", defects) };
    }
}
