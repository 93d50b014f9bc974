using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Backends;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Room;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Warm;
using Runner.Kubernetes.Watch;
using Runner.Testing;
using Runner.Testing.Cluster;

namespace Runner.Kubernetes.Tests.Warm;

/// <summary>A job and the pod that its Secret names, whatever became of an earlier try: it has that one, or it may have a new one, and never both. No worker can be reached here.</summary>
public sealed class WarmLaunchTests : IAsyncLifetime
{
    private const string Us = "a/1";

    private readonly FakeTimeProvider _time = new();
    private readonly JobLaunch _launch = SomeKubernetes.Launch();
    private readonly LostAnswers _answers = new();
    private StandInCluster? _stand;
    private k8s.Kubernetes? _client;
    private ClusterConnection? _connection;
    private JobCluster? _cluster;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private JobCluster Cluster => _cluster ?? throw new InvalidOperationException("It has started");

    private IReadOnlyList<string> Pods => _stand?.Pods ?? [];

    public async ValueTask InitializeAsync()
    {
        _stand = await StandInCluster.StartAsync(new StandInClusterOptions { SchedulingTime = TimeSpan.FromHours(1) }, Token);
        _client = new k8s.Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(_stand.Kubeconfig)), _answers);
        _connection = new ClusterConnection(_client, "jobs", "stand-in");
        _cluster = new JobCluster(_connection, TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _client?.Dispose();
        _answers.Dispose();
        await (_stand?.DisposeAsync() ?? default);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_whose_worker_nobody_reached_is_removed_and_the_job_may_have_a_new_one()
    {
        var pod = await WaitingAsync(Us);

        Assert.Null(await LaunchAsync(pod.Metadata.Name, pod));
        Assert.Empty(Pods);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_became_the_jobs_though_the_answer_was_lost_is_the_jobs()
    {
        var pod = await WaitingAsync(Us);
        _answers.Lose(HttpMethod.Patch);

        await LaunchAsync(pod.Metadata.Name, pod);

        Assert.True(_answers.AreLost);
        Assert.Empty(Pods); // found to be the job's, it was tried and removed: it is not left behind
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_an_earlier_try_named_and_did_not_get_is_removed_before_a_new_one_is_made()
    {
        var pod = await WaitingAsync("other/1");

        Assert.Null(await LaunchAsync(pod.Metadata.Name, taken: null));
        Assert.Empty(Pods);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_an_earlier_try_made_the_jobs_stays_its_only_one()
    {
        var pod = await OfJobAsync(_launch, Us);

        var found = await LaunchAsync(pod, taken: null);

        Assert.Equal(pod, found?.Metadata.Name);
        Assert.Empty(Pods); // perhaps it ran, so that its end is all that is left to be seen
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_another_agent_looks_after_with_the_job_is_left_to_it()
    {
        var pod = await OfJobAsync(_launch, "other/1");

        Assert.Equal(pod, (await LaunchAsync(pod, taken: null))?.Metadata.Name);
        Assert.Equal([pod], Pods);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_has_another_job_or_another_agent_by_now_stays_theirs()
    {
        var ofJob = await OfJobAsync(SomeKubernetes.Launch(Some.Job(Guid.NewGuid())), Us);
        var taken = await WaitingAsync(Us);
        await Cluster.PatchPodAsync(taken, new Dictionary<string, string> { [PodLabels.Owner] = "other/1" }, new Dictionary<string, string>(), Token);

        Assert.Null(await LaunchAsync(ofJob, taken: null));
        Assert.Null(await LaunchAsync(taken.Metadata.Name, taken));
        Assert.Equal(2, Pods.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_is_gone_is_none() => Assert.Null(await LaunchAsync("act-warm-gone", taken: null));

    private async Task<V1Pod?> LaunchAsync(string name, V1Pod? taken)
    {
        var options = SomeKubernetes.Options() with { Namespace = "jobs" };
        var logger = NullLogger.Instance;
        var identity = AgentIdentity.Start("a");
        var jobs = new PodWatch(Cluster, PodLabels.RunningSelector(options.InstanceInUse), _time, logger);
        var warm = new WarmPods(
            [], Cluster, new AgentLease(Cluster, identity, options.InstanceInUse, _time, logger), jobs, new ClusterRoom(Cluster, jobs, options, _time, logger), options, Us, _time, logger);
        var launch = new WarmLaunch(Cluster, warm, new PodHandover(Cluster, options, _time, logger), options, Us, _time, logger);
        var payload = PayloadBuilder.Build(_launch, PodPaths.Work, _time.GetUtcNow());
        var launching = launch.LaunchAsync(
            name, taken, _launch, PayloadSecret.Build(_launch, payload, Us, options, name), PlacementRules.Place([], poolPlatform: null, options), Token);
        while (!launching.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(launching, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token));
        }

        return await launching;
    }

    // Its worker waits, as the watch would have shown it.
    private async Task<V1Pod> WaitingAsync(string owner)
    {
        var options = SomeKubernetes.Options() with { Namespace = "jobs" };
        var made = new WarmPodBuilder(options).Build("linux", PlacementRules.Place([], poolPlatform: null, options), ClusterFeatures.Of("v1.33.1"), owner);
        var pod = await Cluster.CreatePodAsync(made, Token);
        pod.Status = new V1PodStatus
        {
            ContainerStatuses = [new V1ContainerStatus { Name = "job", State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = DateTime.UnixEpoch.AddDays(1) } } }],
        };
        return pod;
    }

    private async Task<string> OfJobAsync(JobLaunch launch, string owner)
    {
        var pod = await WaitingAsync(owner);
        var annotations = new Dictionary<string, string>
        {
            [PodLabels.Owner] = owner,
            [PodLabels.Secret] = PodNames.For(launch),
            [PodLabels.TakenAt] = "2026-05-04T10:00:00.0000000+00:00",
        };
        var given = await Cluster.GivePodAsync(pod, annotations, PodLabels.LabelsOf(launch, SomeKubernetes.Options().InstanceInUse), TimeSpan.FromHours(1), Token);
        Assert.NotNull(given);
        return given.Metadata.Name;
    }

    // Carries a call out and loses its answer, once.
    private sealed class LostAnswers : DelegatingHandler
    {
        private HttpMethod? _lost;

        public bool AreLost { get; private set; }

        public void Lose(HttpMethod method) => _lost = method;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != _lost || AreLost)
            {
                return response;
            }

            AreLost = true;
            response.Dispose();
            return new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent(string.Empty), RequestMessage = request };
        }
    }
}
