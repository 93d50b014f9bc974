using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.Protocol.Http;

/// <summary>
/// Sends the calls of one service: adds the token, limits the time, and turns what the transport throws into
/// <see cref="InfrastructureException"/>. It neither retries nor judges an answer, but for one 401 with a token that can be renewed.
/// </summary>
internal sealed class ServiceTransport(HttpClient http, ITokenSource? tokens, TimeProvider time)
{
    private const string RequestIdHeader = "X-GitHub-Request-Id";
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    /// <summary>Makes the call and reads the whole answer.</summary>
    /// <exception cref="InfrastructureException">No whole answer came in time.</exception>
    public async Task<ServiceReply> SendAsync(ServiceCall call, CancellationToken cancellationToken)
    {
        var token = tokens is null ? default(Secret?) : await tokens.GetAsync(cancellationToken);
        var reply = await SendOnceAsync(call, token, cancellationToken);
        if (reply.Status != (int)HttpStatusCode.Unauthorized || tokens is null || token is null || !tokens.TryDrop(token.Value))
        {
            return reply;
        }

        return await SendOnceAsync(call, await tokens.GetAsync(cancellationToken), cancellationToken);
    }

    private async Task<ServiceReply> SendOnceAsync(ServiceCall call, Secret? token, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(call.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(call.Method, call.Address) { Content = call.Content?.Invoke() };
        request.Headers.Accept.Add(Json);
        call.Configure?.Invoke(request);
        if (token is { } secret)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret.Reveal());
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/html")
            {
                // None of the services has pages. Taken for an answer, it would be a job completed or a log stored that never arrived.
                throw new InfrastructureException($"{call} answered {(int)response.StatusCode} with a web page: that is a proxy's or a firewall's, and not the service's");
            }

            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            return new ServiceReply
            {
                Call = call,
                Status = (int)response.StatusCode,
                Body = body,
                RequestId = response.Headers.TryGetValues(RequestIdHeader, out var ids) ? ids.FirstOrDefault() : null,
                RetryAfter = RetryAfter(response.Headers.RetryAfter),
                ClockLead = ClockLead(response.Headers.Date),
                Headers = response.Headers,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new InfrastructureException($"{call}: {Causes.Of(exception)}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The HTTP stack has a limit of its own for the connection, which is shorter.
            throw new InfrastructureException(
                limit.IsCancellationRequested ? $"{call}: no answer within {call.Timeout.TotalSeconds:0} s" : $"{call}: no connection to {call.Address.Authority} in time",
                exception);
        }
    }

    // The header has whole seconds, and the answer was on its way: what is less is no difference. What is more than a day is no clock's.
    private TimeSpan ClockLead(DateTimeOffset? server)
    {
        var lead = server is { } date ? time.GetUtcNow() - date : TimeSpan.Zero;
        return lead.Duration() > TimeSpan.FromSeconds(5) && lead.Duration() < TimeSpan.FromDays(1) ? lead : TimeSpan.Zero;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var delay = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return delay > TimeSpan.Zero ? delay : null;
    }
}

/// <summary>A call of a service. It prints as method and route, without query: that may hold a signature.</summary>
internal sealed record ServiceCall(HttpMethod Method, Uri Address, string Route)
{
    /// <summary>Makes the body, anew for each try, or <c>null</c>.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Sets headers, or <c>null</c>.</summary>
    public Action<HttpRequestMessage>? Configure { get; init; }

    /// <summary>Limit for the whole answer. Default 100 s, as GitHub's runner has it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>A call with a JSON body. The base address keeps or lacks its slash as the server gave it.</summary>
    public static ServiceCall Post<T>(Uri address, string route, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, new Uri(address, route), route) { Content = () => Json(body, type) };

    /// <summary>A body whose length is known before it is sent: not every proxy takes chunks.</summary>
    public static HttpContent Json<T>(T body, JsonTypeInfo<T> type) => new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Route}";
}

/// <summary>The answer to a call.</summary>
internal sealed record ServiceReply
{
    public required ServiceCall Call { get; init; }

    public required int Status { get; init; }

    public required byte[] Body { get; init; }

    public required HttpResponseHeaders Headers { get; init; }

    public string? RequestId { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How far this machine's clock is ahead of the server's, zero where they agree: its moments are to be seen so.</summary>
    public TimeSpan ClockLead { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="InfrastructureException">It is not: a proxy's page, or cut. Worth another try.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("the body is null");
        }
        catch (JsonException exception)
        {
            throw new InfrastructureException($"{this}, but its body is not the JSON expected: {exception.Message}", exception);
        }
    }

    /// <summary>The body as JSON, or <c>null</c> where it is something else.</summary>
    public T? TryRead<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Body.Length == 0 ? null : JsonSerializer.Deserialize(Body, type);
        }
        catch (JsonException)
        {
            // An error page of something between us and the service: the status is all there is.
            return null;
        }
    }

    /// <summary>A failure that passes.</summary>
    public InfrastructureException Passing(string? detail = null) =>
        new(Describe(detail)) { StatusCode = Status, RetryAfter = RetryAfter };

    /// <summary>A refusal.</summary>
    public ProtocolException Refusal(ProtocolErrorKind kind, string? detail = null, int? status = null) =>
        new(kind, Describe(detail)) { StatusCode = status ?? Status };

    /// <inheritdoc/>
    public override string ToString() => $"{Call} answered {Status}" + (RequestId is null ? string.Empty : $" (request {RequestId})");

    private string Describe(string? detail)
    {
        const int MaxDetail = 200;
        return string.IsNullOrWhiteSpace(detail) ? ToString() : $"{this}: {(detail.Length <= MaxDetail ? detail : detail[..MaxDetail] + "…")}";
    }
}
