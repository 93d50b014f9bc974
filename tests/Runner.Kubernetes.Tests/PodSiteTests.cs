using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;
using Runner.Kubernetes.Tests.Pods;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests;

public sealed class PodSiteTests(FakeHttpServer server)
{
    private readonly WaitableTime _time = new();

    [Fact(Timeout = 30_000)]
    public async Task Job_that_began_stays_begun_though_the_last_news_of_its_pod_lost_that()
    {
        var site = server.Open(http => http.ListAsync("1"));
        _time.SetUtcNow(SomePod.Created);
        var cluster = FakeCluster.Connect(site, _time);
        var context = new PodContext(
            cluster, new PodJudge(new StartOptions()), new FinishedPods(cluster, new CleanupOptions(), "runner", _time, NullLogger.Instance), "agent", _time, NullLogger.Instance);
        var pod = new PodSite(SomeKubernetes.Launch().JobId, SomePod.New(), link: null, new NoSubscription(), context);
        await using var life = new JobLifetime(SomeKubernetes.Launch(), pod, () => { }, _time, NullLogger.Instance);

        pod.Observe(SomePod.New("Running").OnNode().Running(), isGone: false);
        pod.Observe(SomePod.New("Running").OnNode().Waiting("job", "ContainerCreating"), isGone: true);
        var end = await life.Ended.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((FailureReason.Deleted, true), (end.Failure, end.WorkerStarted));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_that_kept_the_worker_from_starting_is_no_failure_to_start()
    {
        var site = server.Open(http => http.ListAsync("1"));
        _time.SetUtcNow(SomePod.Created);
        var cluster = FakeCluster.Connect(site, _time);
        var context = new PodContext(
            cluster, new PodJudge(new StartOptions()), new FinishedPods(cluster, new CleanupOptions(), "runner", _time, NullLogger.Instance), "agent", _time, NullLogger.Instance);
        var pod = new PodSite(SomeKubernetes.Launch().JobId, SomePod.New(), link: null, new NoSubscription(), context);
        await using var life = new JobLifetime(SomeKubernetes.Launch(), pod, () => { }, _time, NullLogger.Instance);

        await life.CancelAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        pod.Observe(SomePod.New("Failed").OnNode().Ended(128, "StartError"), isGone: true);
        var end = await life.Ended.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((FailureReason.Deleted, false), (end.Failure, end.WorkerStarted));
        Assert.Equal("The job was cancelled before its worker started", end.Message);
    }

    private sealed class NoSubscription : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
