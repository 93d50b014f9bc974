using System.Threading.Channels;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes.Watch;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Watch;

public sealed class PodWatchTests(FakeHttpServer server)
{
    private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

    // The fake's first watch waits for the test's subscriptions.
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Watch_that_ends_is_taken_up_from_the_last_version()
    {
        var site = server.Open(Answers(
            http => http.ListAsync("10", FakeCluster.Pod("a", "9")),
            async http =>
            {
                await _subscribed.Task;
                await http.EventAsync("MODIFIED", FakeCluster.Pod("a", "11", "Running"));
            },
            async http =>
            {
                await http.EventAsync("BOOKMARK", new V1Pod { ApiVersion = "v1", Kind = "Pod", Metadata = new V1ObjectMeta { ResourceVersion = "15" } });
                await http.EventAsync("MODIFIED", FakeCluster.Pod("a", "16", "Succeeded"));
                await http.EventAsync("BOOKMARK", new V1Pod { ApiVersion = "v1", Kind = "Pod", Metadata = new V1ObjectMeta { ResourceVersion = "20" } });
            },
            http => http.EventAsync("DELETED", FakeCluster.Pod("a", "21", "Succeeded"))));
        await using var watch = Watch(site);
        using var subscription = watch.Subscribe("a", Note);
        _subscribed.SetResult();

        Assert.Equal(["a@9 Pending", "a@11 Running", "a@16 Succeeded", "a@21 Succeeded gone"], await NewsAsync(4));
        Assert.Equal(["10", "11", "20"], Versions(site)[..3]);
        Assert.Single(site.Requests, request => !request.Path.Contains("watch=true", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Version_that_expired_means_a_new_list_and_pods_it_lacks_are_gone()
    {
        var site = server.Open(Answers(
            http => http.ListAsync("10", FakeCluster.Pod("a", "8"), FakeCluster.Pod("b", "9")),
            async http =>
            {
                await _subscribed.Task;
                await http.ExpiredAsync();
            },
            http => http.ListAsync("500", FakeCluster.Pod("b", "400", "Running"))));
        await using var watch = Watch(site);
        using var a = watch.Subscribe("a", Note);
        using var b = watch.Subscribe("b", Note);
        _subscribed.SetResult();

        var news = await NewsAsync(4);

        Assert.Equal(["a@8 Pending", "a@8 Pending gone", "b@400 Running", "b@9 Pending"], news.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Pod_that_was_gone_before_it_was_ever_seen_is_told_by_its_name()
    {
        var listed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var site = server.Open(Answers(
            http => http.ListAsync("10"),
            async http =>
            {
                listed.SetResult();
                await _subscribed.Task;
                await http.ExpiredAsync();
            },
            http => http.ListAsync("20")));
        await using var watch = Watch(site);
        await listed.Task.WaitAsync(Token);
        using var subscription = watch.Subscribe("c", Note);
        _subscribed.SetResult();

        Assert.Equal(["c@ gone"], await NewsAsync(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task Pod_that_is_gone_before_anybody_listens_is_not_missed()
    {
        var isGone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var site = server.Open(Answers(
            http => http.ListAsync("10"),
            async http =>
            {
                await _subscribed.Task;
                await http.EventAsync("ADDED", FakeCluster.Pod("d", "11"));
                await http.EventAsync("DELETED", FakeCluster.Pod("d", "12"));
                await http.EventAsync("ADDED", FakeCluster.Pod("e", "13"));
            }));
        await using var watch = Watch(site);
        using var subscription = watch.Open("d");
        using var later = watch.Subscribe("e", (_, _) => isGone.SetResult());
        _subscribed.SetResult();
        await isGone.Task.WaitAsync(Token);

        subscription.Attach(Note);

        Assert.Equal(["d@12 Pending gone"], await NewsAsync(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task API_server_that_fails_is_asked_again()
    {
        var site = server.Open(Answers(
            http => http.RefuseAsync(500, "etcdserver: leader changed"),
            http => http.ListAsync("10", FakeCluster.Pod("a", "9"))));
        await using var watch = Watch(site);
        using var subscription = watch.Subscribe("a", Note);

        Assert.Equal(["a@9 Pending"], await NewsAsync(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task Later_subscriber_is_told_at_once_what_is_known()
    {
        var site = server.Open(Answers(http => http.ListAsync("10", FakeCluster.Pod("a", "9"))));
        await using var watch = Watch(site);
        await watch.SnapshotAsync(Token);

        using var subscription = watch.Subscribe("a", Note);

        Assert.Equal(["a@9 Pending"], await NewsAsync(1));
    }

    // One answer after the other; then watches that stay silent.
    private static Func<HttpContext, Task> Answers(params Func<HttpContext, Task>[] answers)
    {
        var next = -1;
        return async http =>
        {
            var number = Interlocked.Increment(ref next);
            if (number < answers.Length)
            {
                await answers[number](http);
                return;
            }

            await http.Response.StartAsync(http.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
    }

    private static string[] Versions(FakeSite site) =>
    [
        .. site.Requests
            .Where(request => request.Path.Contains("watch=true", StringComparison.Ordinal))
            .Select(request => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Path.Split('?')[1])["resourceVersion"].ToString()),
    ];

    private static RunningWatch Watch(FakeSite site) =>
        new(new PodWatch(FakeCluster.Connect(site, TimeProvider.System), "x=y", TimeProvider.System, NullLogger.Instance));

    private void Note(V1Pod pod, bool isGone) =>
        Assert.True(_news.Writer.TryWrite($"{pod.Metadata.Name}@{pod.Metadata.ResourceVersion} {pod.Status.Phase}{(isGone ? " gone" : "")}".Replace("  ", " ", StringComparison.Ordinal)));

    private async Task<List<string>> NewsAsync(int count)
    {
        var news = new List<string>();
        while (news.Count < count)
        {
            news.Add(await _news.Reader.ReadAsync(Token));
        }

        return news;
    }

    private sealed class RunningWatch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly PodWatch _watch;
        private readonly Task _loop;

        public RunningWatch(PodWatch watch)
        {
            _watch = watch;
            _loop = watch.RunAsync(_stop.Token);
        }

        public PodSubscription Open(string pod) => _watch.Open(pod);

        public PodSubscription Subscribe(string pod, PodObserver observer)
        {
            var subscription = Open(pod);
            subscription.Attach(observer);
            return subscription;
        }

        public Task<IReadOnlyList<V1Pod>> SnapshotAsync(CancellationToken cancellationToken) => _watch.SnapshotAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _loop);
            _stop.Dispose();
        }
    }
}
