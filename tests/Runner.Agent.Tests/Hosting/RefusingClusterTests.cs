using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Kubernetes.Options;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.Hosting;

/// <summary>An agent whose API server says its version and refuses the rest.</summary>
public sealed class RefusingClusterTests(FakeHttpServer server) : IDisposable
{
    private const string AgentStarted = "1000";

    private readonly TempFolder _folder = new();
    private readonly Logs _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, string, string> Refusals => new()
    {
        // code, paths, what is told
        { 403, "/", "refuses" },
        { 401, "/", "does not accept the credentials" },
        { 404, "/api/v1/namespaces/ci", "has no namespace 'ci'" },
        { 500, "/apis/authorization.k8s.io", "refuses" },
    };

    public void Dispose()
    {
        _logs.Dispose();
        _folder.Dispose();
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Refusals))]
    public async Task Agent_is_not_ready_says_why_and_takes_no_jobs(int code, string paths, string told)
    {
        var site = server.Open(http => http.Request.Path.StartsWithSegments("/version") || http.Request.Path.Value?.StartsWith(paths, StringComparison.Ordinal) != true
            ? http.Response.WriteAsync("""{"gitVersion":"v1.33.0","kind":"Namespace","apiVersion":"v1","metadata":{"name":"ci"}}""")
            : RefuseAsync(http, code));
        await using var agent = await AgentHost.StartAsync(Options(site), Surroundings(), Token);

        string ready;
        while (!(ready = await ReadyAsync(agent)).Contains(told, StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token); // time in which a slot would have begun
        Assert.StartsWith("503 ", ready, StringComparison.Ordinal);
        Assert.Contains("cluster: ", ready, StringComparison.Ordinal);
        Assert.Contains("pool test: no session with GitHub", ready, StringComparison.Ordinal);
        Assert.DoesNotContain(AgentStarted, _logs.Events);
        await agent.StopAsync(Token);
    }

    private static async Task<string> ReadyAsync(RunningAgent agent)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(agent.Monitoring!, "readyz"));
        using var response = await client.SendAsync(request, Token);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}";
    }

    private static async Task RefuseAsync(HttpContext http, int code)
    {
        http.Response.StatusCode = code;
        await http.Response.WriteAsync(JsonSerializer.Serialize(new { kind = "Status", apiVersion = "v1", status = "Failure", code, message = "not for you" }));
    }

    private AgentOptions Options(FakeSite site)
    {
        var kubeconfig = _folder["kubeconfig"];
        File.WriteAllText(
            kubeconfig,
            $$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "{{site.Address.AbsoluteUri}}"} }]
            users: [{name: u, user: {token: t} }]
            contexts: [{name: x, context: {cluster: c, user: u, namespace: ci} }]
            current-context: x
            """);
        File.WriteAllText(_folder["token"], "token");
        return new AgentOptions
        {
            Backend = BackendKind.Kubernetes,

            // Nobody listens there: GitHub is away, which is no reason not to begin.
            Github = new GitHubOptions { Url = "http://127.0.0.1:1/acme", AllowInsecureHttp = true, Auth = new GitHubAuthOptions { TokenFile = _folder["token"] } },
            Pools = [new PoolOptions { Name = "test", Labels = ["self-hosted"], MaxJobs = 1 }],
            Kubernetes = new KubernetesOptions { Kubeconfig = kubeconfig, Namespace = "ci", RunnerImage = "runner:1", DefaultImage = "debian:12" },
            Monitoring = new MonitoringOptions { MetricsPort = 0, LogLevel = LogLevel.Debug },
            Agent = new SupervisionOptions { Instance = "agent-1", RetryPause = TimeSpan.FromMilliseconds(50), JobRetryPause = TimeSpan.FromMilliseconds(10) },
        };
    }

    private AgentSurroundings Surroundings() => new()
    {
        Environment = ImmutableDictionary<string, string>.Empty,
        DefaultWorker = "/no/worker",
        Logs = _logs,
    };

    private sealed class Logs : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _events = new();

        public IReadOnlyCollection<string> Events => _events;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _events.Enqueue(eventId.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
