using System.Collections.Concurrent;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Ownership;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Ownership;

public sealed class TakenJobSecretsTests(FakeHttpServer server)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<string, V1Secret> _secrets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, V1Lease> _leases = new(StringComparer.Ordinal);
    private bool _isChangedMeanwhile;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Job_of_an_agent_that_lives_is_left_to_it_and_that_of_an_earlier_life_is_taken_over()
    {
        await using var first = Start("agent-1", "a");
        await using var other = Start("agent-2", "b");
        await first.Jobs.KeepAsync("1", "content"u8.ToArray(), Token);
        var whileItLives = await other.Jobs.TakeAbandonedAsync(Token);
        await using var second = Start("agent-1", "c"); // the first was killed

        var found = await second.Jobs.TakeAbandonedAsync(Token);
        var again = await second.Jobs.TakeAbandonedAsync(Token);

        Assert.Empty(whileItLives);
        Assert.Equal([("1", "content")], found.Select(job => (job.Key, System.Text.Encoding.UTF8.GetString(job.Value))));
        Assert.Empty(again); // it has it in hand
        Assert.Equal("agent-1/c", _secrets["runner-taken-1"].Metadata.Annotations[PodLabels.Owner]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_was_let_go_of_is_found_by_the_next_look_and_one_that_was_removed_is_not()
    {
        await using var agent = Start("agent-1", "a");
        await agent.Jobs.KeepAsync("1", "one"u8.ToArray(), Token);
        await agent.Jobs.KeepAsync("2", "two"u8.ToArray(), Token);

        agent.Jobs.LetGo("1");
        await agent.Jobs.RemoveAsync("2", Token);

        Assert.Equal(["1"], (await agent.Jobs.TakeAbandonedAsync(Token)).Keys);
        Assert.Equal(["runner-taken-1"], _secrets.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_another_agent_takes_over_at_the_same_time_is_that_ones()
    {
        await using var agent = Start("agent-1", "a");
        await agent.Jobs.KeepAsync("1", "one"u8.ToArray(), Token);
        agent.Jobs.LetGo("1");

        _isChangedMeanwhile = true;

        Assert.Empty(await agent.Jobs.TakeAbandonedAsync(Token));
    }

    private Agent Start(string name, string life)
    {
        var cluster = FakeCluster.Connect(server.Open(ServeAsync), _time);
        var identity = new AgentIdentity(name, life);
        var lease = new AgentLease(cluster, identity, "ours", _time, NullLogger.Instance);
        return new Agent(lease, new TakenJobSecrets(cluster, lease, identity.ToString(), "ours"));
    }

    private async Task ServeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(Token);
        var path = http.Request.Path.Value!; // a request has one
        await (path.Contains("/leases", StringComparison.Ordinal) ? ServeLeaseAsync(http, path.Split('/')[^1], body) : ServeSecretAsync(http, path.Split('/')[^1], body));
    }

    private async Task ServeLeaseAsync(HttpContext http, string name, string body)
    {
        switch (http.Request.Method)
        {
            case "PATCH":
                await http.RefuseAsync(404, $"leases \"{name}\" not found");
                break;
            case "POST":
                var made = KubernetesJson.Deserialize<V1Lease>(body);
                _leases[made.Metadata.Name] = made;
                await http.Response.WriteAsync(body, Token);
                break;
            case "GET":
                await http.Response.WriteAsync(
                    KubernetesJson.Serialize(new V1LeaseList { ApiVersion = "coordination.k8s.io/v1", Kind = "LeaseList", Items = [.. _leases.Values] }), Token);
                break;
            default:
                await http.RefuseAsync(404, $"leases \"{name}\" not found"); // a test's agents are killed
                break;
        }
    }

    private async Task ServeSecretAsync(HttpContext http, string name, string body)
    {
        switch (http.Request.Method)
        {
            case "PATCH" when _isChangedMeanwhile:
                await http.RefuseAsync(409, "the object has been modified");
                break;
            case "PATCH":
                foreach (var annotation in JsonDocument.Parse(body).RootElement.GetProperty("metadata").GetProperty("annotations").EnumerateObject())
                {
                    _secrets[name].Metadata.Annotations[annotation.Name] = annotation.Value.GetString();
                }

                await http.Response.WriteAsync(KubernetesJson.Serialize(_secrets[name]), Token);
                break;
            case "POST":
                var made = KubernetesJson.Deserialize<V1Secret>(body);
                _secrets[made.Metadata.Name] = made;
                await http.Response.WriteAsync(body, Token);
                break;
            case "DELETE":
                _secrets.TryRemove(name, out _);
                await http.Response.WriteAsync(JsonSerializer.Serialize(new { kind = "Status", apiVersion = "v1", status = "Success" }), Token);
                break;
            default:
                Assert.Equal("app.kubernetes.io/managed-by=runner-agent,app.kubernetes.io/instance=ours,act.nektos.com/taken", http.Request.Query["labelSelector"]);
                await http.Response.WriteAsync(
                    KubernetesJson.Serialize(new V1SecretList { ApiVersion = "v1", Kind = "SecretList", Items = [.. _secrets.Values] }), Token);
                break;
        }
    }

    /// <summary>An agent whose Lease stands until it is disposed, and, as it was killed, after that.</summary>
    private sealed class Agent : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _lease;

        public Agent(AgentLease lease, TakenJobSecrets jobs) => (_lease, Jobs) = (lease.RunAsync(_stop.Token), jobs);

        public TakenJobSecrets Jobs { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _lease);
            _stop.Dispose();
        }
    }
}
