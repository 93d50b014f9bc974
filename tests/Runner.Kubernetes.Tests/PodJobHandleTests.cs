using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;
using Runner.Kubernetes.Tests.Pods;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests;

public sealed class PodJobHandleTests(FakeHttpServer server)
{
    [Fact(Timeout = 30_000)]
    public async Task Job_that_began_stays_begun_though_the_last_news_of_its_pod_lost_that()
    {
        var site = server.Open(http => http.ListAsync("1"));
        var cluster = FakeCluster.Connect(site, TimeProvider.System);
        var services = new PodContext(
            cluster, new PodJudge(new StartOptions()), new FinishedPods(cluster, new CleanupOptions()), "agent", TimeProvider.System, NullLogger.Instance);
        await using var handle = new PodJobHandle(SomeKubernetes.Launch(), SomePod.New(), link: null, new NoSubscription(), services, _ => { });

        handle.Observe(SomePod.New("Running").OnNode().Running(), isGone: false);
        handle.Observe(SomePod.New("Running").OnNode().Waiting("job", "ContainerCreating"), isGone: true);
        var end = await handle.Ended.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((FailureReason.Deleted, true), (end.Failure, end.WorkerStarted));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_that_kept_the_worker_from_starting_is_no_failure_to_start()
    {
        var site = server.Open(http => http.ListAsync("1"));
        var cluster = FakeCluster.Connect(site, TimeProvider.System);
        var services = new PodContext(
            cluster, new PodJudge(new StartOptions()), new FinishedPods(cluster, new CleanupOptions()), "agent", TimeProvider.System, NullLogger.Instance);
        await using var handle = new PodJobHandle(SomeKubernetes.Launch(), SomePod.New(), link: null, new NoSubscription(), services, _ => { });

        await handle.CancelAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        handle.Observe(SomePod.New("Failed").OnNode().Ended(128, "StartError"), isGone: true);
        var end = await handle.Ended.WaitAsync(TestContext.Current.CancellationToken);

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
