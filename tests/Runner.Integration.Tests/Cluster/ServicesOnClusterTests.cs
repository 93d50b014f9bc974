using System.Text;
using k8s;
using Runner.Backends;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Containers;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Integration.Tests.Cluster;

/// <summary>Jobs with services in pods of a cluster without native sidecars, by the real worker. What holds on every backend is in the corpus.</summary>
public sealed class ServicesOnClusterTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 180_000;

    private string _namespace = string.Empty;
    private string _worker = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _namespace = await cluster.NewNamespaceAsync(Token);
        _worker = await cluster.RealWorkerImageAsync(TestWorker.Real());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Limit)]
    public async Task Service_that_never_becomes_healthy_fails_the_job_with_its_last_lines_and_leaves_nothing()
    {
        await using var agent = Agent();

        var job = await RunAsync(agent, Launch(Service("echo last words; exec sleep 600", "--health-cmd false --health-interval 1s --health-retries 2 --health-timeout 1s")));

        Assert.Equal((Conclusion.Failed, true), (job.End.Outcome?.Conclusion, job.End.WorkerStarted));
        Assert.Contains("last words", job.Log, StringComparison.Ordinal);
        Assert.Contains("##[error]service-db (local/busybox:1) was not healthy within 4 s, so no step was run", job.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("the step runs", job.Log, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Service_that_ends_before_it_is_healthy_is_named_with_its_exit_code()
    {
        await using var agent = Agent();

        var job = await RunAsync(agent, Launch(Service("echo no config; exit 3", "--health-cmd false")));

        Assert.Equal(Conclusion.Failed, job.End.Outcome?.Conclusion);
        Assert.Contains("no config", job.Log, StringComparison.Ordinal);
        Assert.Contains("##[error]service-db (local/busybox:1) ended with exit code 3 before it was healthy, so no step was run", job.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Service_whose_image_is_not_there_fails_the_job_after_the_grace()
    {
        var options = Options();
        options.Start.ImagePullGrace = TimeSpan.FromSeconds(2);
        await using var agent = Agent(options);

        var job = await RunAsync(agent, Launch(new ServiceContainer("db", new JobContainer { Image = "127.0.0.1:1/no/such:1" })));

        Assert.True(job.End is { Failure: FailureReason.ImagePull } || job.End.Outcome?.Conclusion == Conclusion.Failed, job.End.ToString());
        Assert.Contains("The image of container 'service-db', '127.0.0.1:1/no/such:1', could not be pulled from 127.0.0.1:1", job.Log + job.End.Message, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_while_a_service_is_not_healthy_leaves_nothing()
    {
        await using var agent = Agent();
        var handle = await agent.Backend.LaunchAsync(
            Launch(Service("exec sleep 600", "--health-cmd false --health-interval 1s --health-retries 600")), Token);
        await handle.Started.WaitAsync(Token);

        await handle.CancelAsync(TimeSpan.FromMinutes(1), Token);
        var job = await EndAsync(handle);

        Assert.Equal(Conclusion.Canceled, job.End.Outcome?.Conclusion);
        Assert.DoesNotContain("the step runs", job.Log, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_is_restarted_while_a_service_starts_releases_the_job_all_the_same()
    {
        var launch = Launch(Service("sleep 4; touch /ready; exec sleep 600", "--health-cmd 'test -e /ready' --health-interval 1s --health-retries 60"));
        await using (var first = Agent(name: "agent-a"))
        {
            var lost = await first.Backend.LaunchAsync(launch, Token);
            await lost.Started.WaitAsync(Token);
            lost.Release();
        }

        await using var second = Agent(name: "agent-b");
        var job = await EndAsync(Assert.Single(await second.Backend.AdoptAsync(Token)));

        Assert.True(job.End.Outcome?.Conclusion == Conclusion.Succeeded, job.End + job.Log);
        Assert.Contains("the step runs", job.Log, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Secret_of_a_service_stands_in_no_pod_and_goes_with_it()
    {
        var service = Service("touch /ready; exec sleep 600", "--health-cmd 'test -e /ready' --health-interval 1s");
        service = service with { Container = service.Container with { Environment = [new("PASSWORD", "correct-horse-battery")] } };
        await using var agent = Agent();
        var handle = await agent.Backend.LaunchAsync(Launch(service), Token);
        await handle.Started.WaitAsync(Token);

        var pod = await cluster.Connection.Client.CoreV1.ReadNamespacedPodAsync(handle.Place, _namespace, cancellationToken: Token);
        var secret = await cluster.Connection.Client.CoreV1.ReadNamespacedSecretAsync(handle.Place, _namespace, cancellationToken: Token);
        var job = await EndAsync(handle);

        Assert.DoesNotContain("correct-horse", KubernetesYaml.Serialize(pod), StringComparison.Ordinal);
        Assert.Equal("correct-horse-battery", Encoding.UTF8.GetString(secret.Data["service.0.0"]));
        Assert.Equal(Conclusion.Succeeded, job.End.Outcome?.Conclusion);
        await NothingIsLeftAsync();
    }

    private static ServiceContainer Service(string script, string options) => new("db", new JobContainer
    {
        Image = "local/busybox:1",
        Entrypoint = "sh",
        Command = ["-c", script],
        Options = ContainerOptionsParser.Parse(options, "services.db.options"),
    });

    private static JobLaunch Launch(ServiceContainer service) => new()
    {
        Job = Some.Job() with { Steps = [Some.Script("echo the step runs", shell: "sh")] },
        Runner = Some.Runner(),
        Containers = new JobContainers { Services = [service] },
        MessageSeen = TimeProvider.System.GetUtcNow(),
        Reporting = ReportingTarget.Launcher,
    };

    private static async Task<(JobEnd End, string Log)> RunAsync(TestAgent agent, JobLaunch launch) => await EndAsync(await agent.Backend.LaunchAsync(launch, Token));

    private static async Task<(JobEnd End, string Log)> EndAsync(IJobHandle handle)
    {
        var lines = new List<string>();
        await foreach (var told in handle.Events.WithCancellation(Token))
        {
            lines.AddRange(told is LineEvent line ? [line.Text] : []);
        }

        var end = await handle.Ended.WaitAsync(Token);
        await handle.DisposeAsync();
        return (end, string.Join('\n', lines));
    }

    private TestAgent Agent(KubernetesOptions? options = null, string name = "test-agent") =>
        new(ClusterConnection.Open(new KubernetesOptions { Kubeconfig = cluster.Kubeconfig, Namespace = _namespace }), options ?? Options(), name);

    private KubernetesOptions Options() => new()
    {
        Namespace = _namespace,
        RunnerImage = _worker,
        DefaultImage = cluster.JobImage,
        ImagePullPolicy = "IfNotPresent",
    };

    private async Task NothingIsLeftAsync()
    {
        await cluster.PodsGoneAsync(_namespace, ClusterFixture.JobObjects, Token);
        var secrets = await cluster.Connection.Client.CoreV1.ListNamespacedSecretAsync(_namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token);
        Assert.Empty(secrets.Items);
    }
}
