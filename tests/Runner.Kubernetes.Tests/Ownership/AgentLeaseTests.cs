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

public sealed class AgentLeaseTests(FakeHttpServer server)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Expired_Leases_of_any_instance_that_own_nothing_are_removed()
    {
        var site = Site(
            [Lease("idle", "gone/1", "ours", minutes: 11), Lease("uninstalled", "other/1", "theirs", minutes: 1000), Lease("busy", "busy/1", "theirs", minutes: 1000), Lease("late", "late/1", "theirs", minutes: 5)],
            Owned(FakeCluster.Pod("job", "1"), "busy/1"));
        var lease = new AgentLease(FakeCluster.Connect(site, _time), AgentIdentity.Start("a"), "ours", _time, NullLogger.Instance);

        await lease.FindLivingAsync(Token);
        await lease.FindLivingAsync(Token);

        Assert.Equal(["idle", "uninstalled"], site.Requests.Where(request => request.Method == "DELETE").Select(request => request.Path.Split('/')[^1]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Lease_of_an_agents_earlier_life_is_removed_at_once_whatever_it_owns()
    {
        var site = Site(
            [Lease("mine", "a/1", "ours", minutes: 0), Lease("foreign", "a/1", "theirs", minutes: 0), Lease("others", "b/1", "ours", minutes: 0)],
            Owned(FakeCluster.Pod("job", "1"), "a/1"));
        var lease = new AgentLease(FakeCluster.Connect(site, _time), new AgentIdentity("a", "2"), "ours", _time, NullLogger.Instance);

        var living = await lease.FindLivingAsync(Token);

        Assert.True(living.IsGone("a/1"));
        Assert.Equal(["mine"], site.Requests.Where(request => request.Method == "DELETE").Select(request => request.Path.Split('/')[^1]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Agents_of_another_instance_do_not_count_as_living_ones_of_this()
    {
        var site = Site([Lease(AgentIdentity.LeaseName("b/1"), "b/1", "theirs", minutes: 0), Lease(AgentIdentity.LeaseName("c/1"), "c/1", "ours", minutes: 0)]);
        var lease = new AgentLease(FakeCluster.Connect(site, _time), AgentIdentity.Start("a"), "ours", _time, NullLogger.Instance);

        var living = await lease.FindLivingAsync(Token);

        Assert.Equal((true, false), (living.IsGone("b/1"), living.IsGone("c/1")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("ci", true)]
    [InlineData("elsewhere", false)]
    public async Task Lease_belongs_to_the_agents_pod_where_both_are_in_one_namespace(string space, bool isOwned)
    {
        var made = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var site = server.Open(async http =>
        {
            if (http.Request.Method == "POST")
            {
                using var reader = new StreamReader(http.Request.Body);
                var body = await reader.ReadToEndAsync(Token);
                await http.Response.WriteAsync(body, Token);
                made.TrySetResult(body);
                return;
            }

            await http.RefuseAsync(404, "leases \"a\" not found");
        });
        var agent = AgentIdentity.Start("a") with { Pod = new AgentPod(space, "runner-0", "uid-7") };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = new AgentLease(FakeCluster.Connect(site, _time), agent, "ours", _time, NullLogger.Instance).RunAsync(stop.Token);
        var lease = KubernetesJson.Deserialize<V1Lease>(await made.Task.WaitAsync(Token));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(isOwned ? "Pod runner-0 uid-7" : string.Empty, string.Join(',', (lease.Metadata.OwnerReferences ?? []).Select(owner => $"{owner.Kind} {owner.Name} {owner.Uid}")));
    }

    private FakeSite Site(V1Lease[] leases, params V1Pod[] pods) => server.Open(http => http.Response.WriteAsync(
        http.Request.Method == "DELETE" ? JsonSerializer.Serialize(new { kind = "Status", apiVersion = "v1", status = "Success" })
        : http.Request.Path.Value?.EndsWith("/leases", StringComparison.Ordinal) == true ? KubernetesJson.Serialize(new V1LeaseList { ApiVersion = "coordination.k8s.io/v1", Kind = "LeaseList", Items = leases })
        : http.Request.Path.Value?.EndsWith("/pods", StringComparison.Ordinal) == true ? KubernetesJson.Serialize(new V1PodList { ApiVersion = "v1", Kind = "PodList", Items = pods })
        : KubernetesJson.Serialize(new V1SecretList { ApiVersion = "v1", Kind = "SecretList", Items = [] })));

    private static V1Pod Owned(V1Pod pod, string owner)
    {
        pod.Metadata.Annotations = new Dictionary<string, string> { [PodLabels.Owner] = owner };
        return pod;
    }

    private V1Lease Lease(string name, string holder, string instance, int minutes) => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [PodLabels.Instance] = instance, [PodLabels.ManagedBy] = PodLabels.Us } },
        Spec = new V1LeaseSpec { HolderIdentity = holder, RenewTime = _time.GetUtcNow().UtcDateTime.AddMinutes(-minutes) },
    };
}
