using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Protocol.Traces;
using Runner.Testing.Http;

namespace Runner.Protocol.Tests.Traces;

/// <summary>The wire of OTLP, as its specification's JSON form has it.</summary>
public sealed class TraceClientTests(FakeHttpServer server)
{
    private const int Limit = 30_000;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact(Timeout = Limit)]
    public async Task Spans_are_sent_by_the_names_and_forms_of_OTLP_with_the_headers_that_the_collector_wants()
    {
        var site = server.Open(http => http.Response.WriteAsync("{}"));

        await SendAsync(new Uri(site.Address, "collector/"), Span() with { IsFailed = true, Message = "it broke", ParentId = "0011223344556677", Attributes = [("a.b", "c"), ("none", null)] });

        var request = Assert.Single(site.Requests);
        Assert.Equal(("POST", "/collector/v1/traces", "application/json; charset=utf-8", "s3cr3t"), (request.Method, request.Path, request.Headers["Content-Type"], request.Headers["x-key"]));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"resourceSpans": [{
                  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "runner-agent"}}, {"key": "service.version", "value": {"stringValue": "1.2"}}]},
                  "scopeSpans": [{"scope": {"name": "runner", "version": "1.2"}, "spans": [{
                    "traceId": "6b0c1f1e7d574b3c9a57111111111111", "spanId": "8899aabbccddeeff", "parentSpanId": "0011223344556677", "name": "build", "kind": 1,
                    "startTimeUnixNano": "1772366400250000000", "endTimeUnixNano": "1772366401250000000",
                    "attributes": [{"key": "a.b", "value": {"stringValue": "c"}}],
                    "status": {"code": 2, "message": "it broke"}}]}]}]}
                """),
            JsonNode.Parse(request.Body)), request.Body);
    }

    [Fact(Timeout = Limit)]
    public async Task Span_that_would_end_before_it_began_lasts_no_time()
    {
        var site = server.Open(http => http.Response.WriteAsync("{}"));

        await SendAsync(site.Address, Span() with { End = Start.AddSeconds(-1) });

        var span = JsonNode.Parse(Assert.Single(site.Requests).Body)!["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]![0]!;
        Assert.Equal((string?)span["startTimeUnixNano"], (string?)span["endTimeUnixNano"]);
        Assert.Equal(1, (int?)span["status"]!["code"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Collector_that_refuses_is_told_without_its_headers()
    {
        var site = server.Open(http =>
        {
            http.Response.StatusCode = 401;
            return Task.CompletedTask;
        });

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => SendAsync(site.Address, Span()));

        Assert.Contains("answered 401", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_those_of_the_job_whoever_makes_them()
    {
        var job = new JobId(Guid.Parse("6b0c1f1e-7d57-4b3c-9a57-111111111111"));

        Assert.Equal("6b0c1f1e7d574b3c9a57111111111111", TraceIds.Trace(job));
        Assert.Matches("^[0-9a-f]{16}$", TraceIds.Job(job));
        Assert.Equal($"00-{TraceIds.Trace(job)}-{TraceIds.Stage(job, TraceIds.StepsStage)}-01", TraceIds.Parent(job));
    }

#pragma warning disable RS0030 // a test's own client
    private static HttpClient Http { get; } = new(new SocketsHttpHandler());
#pragma warning restore RS0030

    private static Task SendAsync(Uri collector, TraceSpan span) => new TraceClient(Http, "runner-agent", "1.2", TimeProvider.System).SendAsync(
        new TraceTarget(collector, new Dictionary<string, string> { ["x-key"] = "s3cr3t" }), [span], TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    private static TraceSpan Span() => new()
    {
        TraceId = "6b0c1f1e7d574b3c9a57111111111111", SpanId = "8899aabbccddeeff", Name = "build", Start = Start, End = Start.AddSeconds(1),
    };
}
