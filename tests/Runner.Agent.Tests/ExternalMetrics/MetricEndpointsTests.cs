using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Runner.Agent.Configuration;
using Runner.Agent.ExternalMetrics;
using Runner.Agent.Pools;
using Runner.Agent.Queue;
using Runner.Agent.Tests.Queue;
using Runner.Backends;
using Runner.Testing;

namespace Runner.Agent.Tests.ExternalMetrics;

/// <summary>The API external.metrics.k8s.io/v1beta1 as autoscalers ask for it.</summary>
public sealed class MetricEndpointsTests : IAsyncLifetime
{
    private const string Root = "apis/external.metrics.k8s.io/v1beta1";

    private readonly WaitableTime _time = new();
    private readonly CountingBackend _backend = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private readonly QueueBook _book;
    private readonly WebApplication _app;

    public MetricEndpointsTests()
    {
        _time.SetUtcNow(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
        _book = new QueueBook(_time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        _app = builder.Build();
        RunnerPool[] pools = [.. new[] { "small", "big" }.Select(name => new RunnerPool(new PoolOptions { Name = name, Labels = [name], MaxJobs = 7 }, "agent", []))];
        _app.MapExternalMetrics(new PoolFigures(pools, _book, _backend), "act-runners", _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(Token);
        _http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Discovery_lists_the_metrics_as_resources()
    {
        var (status, list) = await GetAsync(Root);

        Assert.Equal((200, "APIResourceList", "external.metrics.k8s.io/v1beta1"), (status, Text(list, "kind"), Text(list, "groupVersion")));
        Assert.Equal(
            ["runner_capacity_jobs", "runner_github_queued_jobs", "runner_jobs_running", "runner_queue_jobs", "runner_wanted_jobs"],
            list["resources"]!.AsArray().Select(resource => resource!["name"]!.ToString()));
        Assert.Equal("""{"name":"runner_capacity_jobs","singularName":"","namespaced":true,"kind":"ExternalMetricValueList","verbs":["get"]}""", list["resources"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task Value_of_a_pool_is_given_with_its_time()
    {
        _book.Write(new QueueCounts(_time.GetUtcNow(), new Dictionary<string, QueueCount> { ["small"] = new(40, 45), ["big"] = new(1, 2) }, 1), TimeSpan.FromMinutes(1));

        var (status, list) = await GetAsync($"{Root}/namespaces/act-runners/runner_wanted_jobs?labelSelector=pool%3Dsmall");

        Assert.Equal(200, status);
        Assert.Equal(
            """{"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[{"metricName":"runner_wanted_jobs","metricLabels":{"pool":"small"},"timestamp":"2026-11-29T12:00:00Z","value":"45"}]}""",
            list.ToJsonString());
    }

    [Fact]
    public async Task What_is_not_known_has_no_value_rather_than_0()
    {
        var (_, queued) = await GetAsync($"{Root}/namespaces/act-runners/runner_github_queued_jobs");
        _backend.Counts["big"] = new JobCount(1, 3);
        var (_, running) = await GetAsync($"{Root}/namespaces/act-runners/runner_jobs_running");
        var (_, launching) = await GetAsync($"{Root}/namespaces/act-runners/runner_queue_jobs");
        var (_, capacity) = await GetAsync($"{Root}/namespaces/act-runners/runner_capacity_jobs?labelSelector=pool in (big)");

        Assert.Equal(["", "big 3", "big 1", "big 7"], new[] { queued, running, launching, capacity }.Select(list => string.Join(
            ',', list["items"]!.AsArray().Select(item => $"{item!["metricLabels"]!["pool"]} {item["value"]}"))));
    }

    [Theory]
    [InlineData("namespaces/act-runners/runner_wanted_job", 404, "there is no metric 'runner_wanted_job'; did you mean 'runner_wanted_jobs'?")]
    [InlineData("namespaces/other/runner_wanted_jobs", 404, "the metrics of external.metrics.k8s.io are those of namespace act-runners, where the agents are")]
    [InlineData("namespaces/act-runners/runner_wanted_jobs?labelSelector=pool>3", 400, "'pool>3' is no label selector")]
    public async Task Wrong_question_is_answered_by_what_is_wrong(string route, int status, string message)
    {
        var (answered, refusal) = await GetAsync($"{Root}/{route}");

        Assert.Equal((status, "Status", message), (answered, Text(refusal, "kind"), Text(refusal, "message")));
    }

    private static string? Text(JsonNode document, string key) => document[key]?.ToString();

    private async Task<(int Status, JsonNode Document)> GetAsync(string route)
    {
        using var answer = await _http.GetAsync(new Uri(route, UriKind.Relative), Token);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!);
    }
}
