using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing.Http;

namespace Runner.Integration.Tests.Monitoring;

/// <summary>One trace of a job, from agent and worker, as a collector gets it.</summary>
public sealed class TracingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Collector_is_told_of_a_job_its_stages_and_its_steps_as_one_trace()
    {
        await using var server = new FakeHttpServer();
        var collector = server.Open(http => http.Response.WriteAsync("{}"));
        await using var test = await AgentOnHost.StartAsync(_ => TestWorker.Real(), Token, options =>
        {
            options.Monitoring.Tracing.Endpoint = collector.Address.AbsoluteUri;
            options.Monitoring.Tracing.HeadersFile = WriteHeaders(options.Github.Auth.TokenFile!);
        });

        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - {name: Greet, run: 'echo "parent=$TRACEPARENT"'}
                      - {name: Break, run: exit 3}
                """,
        });
        var job = (await test.WaitForRunAsync(run.Id, Token)).Job("one");
        await Until.TrueAsync(() => Spans(collector).Count(span => Text(span, "parentSpanId") is null) == 1 && Spans(collector).Any(span => Text(span, "name") == "Break"), Token);

        var spans = Spans(collector);
        var whole = spans.Single(span => Text(span, "parentSpanId") is null);
        var running = spans.Single(span => Text(span, "name") == "running");
        var step = spans.Single(span => Text(span, "name") == "Break");
        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Equal([job.Id.Value.ToString("N")], spans.Select(span => Text(span, "traceId")).Distinct());
        Assert.Equal((Text(whole, "spanId"), Text(running, "spanId")), (Text(running, "parentSpanId"), Text(step, "parentSpanId")));
        Assert.Equal((2, 2), ((int?)whole["status"]!["code"], (int?)step["status"]!["code"]));
        Assert.Contains($"parent=00-{Text(whole, "traceId")}-{Text(running, "spanId")}-01", await test.Emulator.ReadLogAsync(job.Id, Token), StringComparison.Ordinal);
        Assert.All(collector.Requests, request => Assert.Equal("s3cr3t-key", request.Headers["x-collector-key"]));
        Assert.DoesNotContain(test.Logs, line => line.Contains("s3cr3t-key", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Collector_that_is_away_costs_no_job_and_is_told_of()
    {
        await using var test = await AgentOnHost.StartAsync(_ => TestWorker.Real(), Token, options => options.Monitoring.Tracing.Endpoint = "http://127.0.0.1:9" /* discard: nobody listens */);

        var run = test.Emulator.QueueWorkflow(new WorkflowRequest { Workflow = "on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps: [{run: echo}]\n" });
        var ended = await test.WaitForRunAsync(run.Id, Token);
        await Until.TrueAsync(() => test.Logs.Any(line => line.Contains("The collector of monitoring.tracing did not take a trace", StringComparison.Ordinal)), Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
    }

    private static string WriteHeaders(string beside)
    {
        var file = Path.Combine(Path.GetDirectoryName(beside)!, "headers");
        File.WriteAllText(file, "x-collector-key: s3cr3t-key\n");
        return file;
    }

    private static List<JsonNode> Spans(FakeSite collector) =>
    [
        .. from request in collector.Requests
           from resource in JsonNode.Parse(request.Body)!["resourceSpans"]!.AsArray()
           from scope in resource!["scopeSpans"]!.AsArray()
           from span in scope!["spans"]!.AsArray()
           select span,
    ];

    private static string? Text(JsonNode span, string name) => (string?)span[name];
}
