using System.Globalization;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Protocol.Http;

namespace Runner.Protocol.Traces;

/// <summary>Tells a collector of parts of traces: OTLP over HTTP, as JSON. It tries once; what a collector did not take is no reason to hold a job up.</summary>
/// <param name="http">The connections.</param>
/// <param name="service">Who tells it: <c>service.name</c>.</param>
/// <param name="version">Its version.</param>
/// <param name="time">The clock.</param>
public sealed class TraceClient(HttpClient http, string service, string version, TimeProvider time)
{
    private const string Route = "v1/traces";
    private const string Scope = "runner";

    private readonly ServiceTransport _transport = new(http, tokens: null, time);

    /// <summary>Sends parts of traces.</summary>
    /// <exception cref="InfrastructureException">The collector did not take them.</exception>
    public async Task SendAsync(TraceTarget target, IEnumerable<TraceSpan> spans, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var body = new OtlpTraces(
        [
            new OtlpResourceSpans(
                new OtlpResource([new("service.name", new OtlpValue(service)), new("service.version", new OtlpValue(version))]),
                [new OtlpScopeSpans(new OtlpScope(Scope, version), [.. spans.Select(Wire)])]),
        ]);
        var address = new Uri(target.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + Route);
        var reply = await _transport.SendAsync(
            new ServiceCall(HttpMethod.Post, address, Route)
            {
                Content = () => ServiceCall.Json(body, OtlpJson.Default.OtlpTraces),
                Timeout = limit,
                Configure = request =>
                {
                    foreach (var (name, value) in target.Headers)
                    {
                        request.Headers.TryAddWithoutValidation(name, value);
                    }
                },
            },
            cancellationToken);
        if (!reply.IsSuccess)
        {
            throw new InfrastructureException($"{reply.Call} of {address.Authority} answered {reply.Status}");
        }
    }

    private static OtlpSpan Wire(TraceSpan span) => new(
        span.TraceId,
        span.SpanId,
        span.ParentId,
        span.Name,
        OtlpSpan.Internal,
        Nanoseconds(span.Start),
        Nanoseconds(span.End > span.Start ? span.End : span.Start),
        [.. span.Attributes.Where(attribute => attribute.Value is not null).Select(attribute => new OtlpAttribute(attribute.Name, new OtlpValue(attribute.Value ?? string.Empty)))],
        span.IsFailed ? new OtlpStatus(OtlpStatus.Error, span.Message) : new OtlpStatus(OtlpStatus.Ok, Message: null));

    private static string Nanoseconds(DateTimeOffset time) =>
        ((Int128)(time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick).ToString(CultureInfo.InvariantCulture);
}
