using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Backends;
using Runner.Kubernetes.Room;
using Runner.Kubernetes.Watch;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Room;

/// <summary>What is known of a namespace's room, against an API server that a test speaks for.</summary>
public sealed class ClusterRoomTests(FakeHttpServer server) : IDisposable
{
    private const int Limit = 30_000;

    private static readonly JobKind Kind = new("any", [], Platform: null, MustFit: false);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _stop = new();
    private Func<HttpContext, Task> _quotas = http => QuotasAsync(http, ("q", 3, 0));
    private Func<HttpContext, Task> _dryRun = http => http.Response.WriteAsync(KubernetesJson.Serialize(FakeCluster.Pod("a", "7")));
    private FakeSite? _site;
    private PodWatch? _watch;

    public void Dispose() => _stop.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Before_the_cluster_has_answered_there_is_no_room()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _quotas = async http =>
        {
            await answer.Task;
            await QuotasAsync(http, ("q", 3, 1));
        };

        var (room, _) = Start();
        var early = room.For(Kind).Places;
        answer.SetResult();
        await UntilAsync(() => room.For(Kind).Places == 2);

        Assert.Equal(0, early);
        Assert.Equal("quota q: pods 1 of 3 used, a pod takes 1", room.For(Kind).Why);
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_was_made_counts_before_the_quota_says_so_and_once_only()
    {
        var (room, _) = Start();
        await UntilAsync(() => room.For(Kind).Places == 3);
        var lists = Lists();

        _quotas = http => QuotasAsync(http, ("q", 3, 1));
        room.Made(FakeCluster.Pod("a", "1") with { Spec = new V1PodSpec { Containers = [] } });
        var atOnce = room.For(Kind).Places;
        await UntilAsync(() => Lists() > lists && room.For(Kind).Why!.Contains("pods 1 of 3", StringComparison.Ordinal)); // a quota says why
        var later = room.For(Kind).Places;

        Assert.Equal((2, 2), (atOnce, later));
    }

    [Fact(Timeout = Limit)]
    public async Task Namespace_without_quotas_has_no_limit_and_is_asked_seldom()
    {
        _quotas = http => QuotasAsync(http);

        var (room, _) = Start();
        await UntilAsync(() => room.For(Kind).Places is null);
        var began = _time.GetUtcNow();
        await UntilAsync(() => Lists() >= 3);

        Assert.True(_time.GetUtcNow() - began > TimeSpan.FromSeconds(50), $"two lists in {_time.GetUtcNow() - began}");
    }

    [Theory(Timeout = Limit)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Who_may_not_read_quotas_knows_of_no_limit(int status)
    {
        _quotas = http => http.RefuseAsync(status, "resourcequotas is forbidden");

        var (room, _) = Start();

        await UntilAsync(() => room.For(Kind).Places is null);
    }

    [Fact(Timeout = Limit)]
    public async Task Server_that_is_away_changes_nothing_of_what_was_read()
    {
        var (room, _) = Start();
        await UntilAsync(() => room.For(Kind).Places == 3);
        var lists = Lists();

        _quotas = http => http.RefuseAsync(503, "away");
        await UntilAsync(() => Lists() >= lists + 2);

        Assert.Equal(3, room.For(Kind).Places);
    }

    [Theory(Timeout = Limit)]
    [InlineData(400, "admission webhook \"policy\" does not support dry run")]
    [InlineData(403, "pods \"a\" is forbidden: status unknown for quota: q")]
    [InlineData(403, "pods \"a\" is forbidden: exceeded quota: q")]
    [InlineData(500, "away")]
    public async Task Try_that_says_nothing_of_the_pod_leaves_room(int status, string message)
    {
        _quotas = http => QuotasAsync(http);
        _dryRun = http => http.RefuseAsync(status, message);
        var (room, site) = Start();
        var picky = Kind with { Pool = "picky", MustFit = true };

        await UntilAsync(() => room.For(picky).Why?.Contains("not tried yet", StringComparison.Ordinal) == true); // none is taken before
        await UntilAsync(() => room.For(picky).Places is null);

        Assert.Contains(site.Requests, request => request.Method == "POST");
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_the_cluster_would_refuse_has_no_room_where_that_counts()
    {
        _quotas = http => QuotasAsync(http);
        _dryRun = http => http.RefuseAsync(403, "admission webhook \"policy\" denied the request: no such image");
        var (room, site) = Start();
        var picky = Kind with { Pool = "picky", MustFit = true };

        await UntilAsync(() => room.For(picky).Why?.Contains("would refuse", StringComparison.Ordinal) == true);
        var refused = room.For(picky);
        _dryRun = http => http.Response.WriteAsync(KubernetesJson.Serialize(FakeCluster.Pod("a", "7")));
        await UntilAsync(() => room.For(picky).Places is null);

        Assert.Equal(RoomLimit.Unplaceable, refused.Limit);
        Assert.Contains("no such image", refused.Why, StringComparison.Ordinal);
        Assert.Null(room.For(Kind).Places);
        Assert.All(site.Requests.Where(request => request.Method == "POST"), request => Assert.Contains("dryRun=All", request.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(29, null)]
    [InlineData(30, 0)]
    public void Pods_that_wait_long_for_a_node_are_a_sign(int seconds, int? places)
    {
        var now = _time.GetUtcNow();
        V1Pod[] pods = [Waiting("a", "any", now), Waiting("b", "any", now.AddSeconds(-seconds)), Waiting("c", "other", now.AddHours(-1))];

        var room = WaitingPods.RoomFor("any", pods, now);

        Assert.Equal(places, room.Places);
        Assert.Equal(places is null ? null : "1 pod(s) wait for a node: 0/3 nodes are available", room.Why);
    }

    private (ClusterRoom Room, FakeSite Site) Start()
    {
        var site = _site = server.Open(http => http.Request.Method == "POST" ? _dryRun(http) : _quotas(http));
        var cluster = FakeCluster.Connect(site, _time);
        _watch = new PodWatch(cluster, string.Empty, _time, NullLogger.Instance);
        var room = new ClusterRoom(cluster, _watch, SomeKubernetes.Options(), _time, NullLogger.Instance);
        _ = room.RunAsync(_stop.Token);
        return (room, site);
    }

    private int Lists() => _site?.Requests.Count(request => request.Method == "GET") ?? 0;

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken); // the loop's turn
        }
    }

    private static Task QuotasAsync(HttpContext http, params (string Name, int Hard, int Used)[] quotas) => http.Response.WriteAsync(KubernetesJson.Serialize(new V1ResourceQuotaList
    {
        ApiVersion = "v1",
        Kind = "ResourceQuotaList",
        Metadata = new V1ListMeta { ResourceVersion = "1" },
        Items =
        [
            .. quotas.Select(quota => new V1ResourceQuota
            {
                Metadata = new V1ObjectMeta { Name = quota.Name },
                Status = new V1ResourceQuotaStatus
                {
                    Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new($"{quota.Hard}") },
                    Used = new Dictionary<string, ResourceQuantity> { ["pods"] = new($"{quota.Used}") },
                },
            }),
        ],
    }));

    private static V1Pod Waiting(string name, string pool, DateTimeOffset since) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["act.nektos.com/pool"] = pool } },
        Status = new V1PodStatus
        {
            Conditions =
            [
                new V1PodCondition
                {
                    Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/3 nodes are available", LastTransitionTime = since.UtcDateTime,
                },
            ],
        },
    };
}
