using k8s;
using Runner.Backends;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Integration.Tests.Cluster;

/// <summary>Jobs of local runs in pods of a namespace of their own, by the real worker.</summary>
internal sealed class PodRun
{
    /// <summary>What the only step of every job prints.</summary>
    public const string StepLine = "the step runs";

    private readonly ClusterFixture _cluster;
    private readonly string _namespace;
    private readonly string _worker;

    private PodRun(ClusterFixture cluster, string space, string worker)
    {
        _cluster = cluster;
        _namespace = space;
        _worker = worker;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes the namespace. Skips the test where cluster or worker are missing.</summary>
    public static async Task<PodRun> StartAsync(ClusterFixture cluster)
    {
        var worker = TestWorker.Real();
        return new PodRun(cluster, await cluster.NewNamespaceAsync(Token), await cluster.RealWorkerImageAsync(worker));
    }

    /// <summary>A job of one step with containers.</summary>
    public static JobLaunch Launch(JobContainers containers) => new()
    {
        Job = Some.Job() with { Steps = [Some.Script($"echo {StepLine}", shell: "sh")] },
        Runner = Some.Runner(),
        Containers = containers,
        MessageSeen = TimeProvider.System.GetUtcNow(),
        Reporting = ReportingTarget.Launcher,
        Requests = new NoRequests(),
    };

    /// <summary>An agent; settings are a test's to change.</summary>
    public TestAgent Agent(string name = "test-agent", Action<KubernetesOptions>? configure = null)
    {
        var options = new KubernetesOptions { Namespace = _namespace, RunnerImage = _worker, DefaultImage = _cluster.JobImage, ImagePullPolicy = "IfNotPresent" };
        configure?.Invoke(options);
        return new TestAgent(ClusterConnection.Open(new KubernetesOptions { Kubeconfig = _cluster.Kubeconfig, Namespace = _namespace }), options, name);
    }

    /// <summary>Runs a job to its end and removes it.</summary>
    public static async Task<PodRunResult> RunAsync(TestAgent agent, JobLaunch launch) => await EndAsync(await agent.Backend.LaunchAsync(launch, Token));

    /// <summary>Reads a job to its end and removes it.</summary>
    public static async Task<PodRunResult> EndAsync(IJobHandle handle)
    {
        var lines = new List<string>();
        await foreach (var told in handle.Events.WithCancellation(Token))
        {
            lines.AddRange(told is LineEvent line ? [line.Text] : []);
        }

        var end = await handle.Ended.WaitAsync(Token);
        await handle.DisposeAsync();
        return new PodRunResult(end, string.Join('\n', lines));
    }

    /// <summary>Reads a job until it tells a line.</summary>
    public static async Task ToldAsync(IJobHandle handle, string text)
    {
        await foreach (var told in handle.Events.WithCancellation(Token))
        {
            if (told is LineEvent line && line.Text == text)
            {
                return;
            }
        }

        Assert.Fail($"The job ended and did not tell '{text}'");
    }

    /// <summary>All that people see of a job in the cluster without the right to read Secrets: its pod and the namespace's events.</summary>
    public async Task<string> VisibleAsync(IJobHandle handle)
    {
        var core = _cluster.Connection.Client.CoreV1;
        var pod = await core.ReadNamespacedPodAsync(handle.Location, _namespace, cancellationToken: Token);
        var events = await core.ListNamespacedEventAsync(_namespace, cancellationToken: Token);
        return KubernetesYaml.Serialize(pod) + KubernetesYaml.Serialize(events.Items);
    }

    /// <summary>Waits until the node has taken the pods away, and checks that nothing else is left.</summary>
    public async Task NothingIsLeftAsync()
    {
        await _cluster.PodsGoneAsync(_namespace, ClusterFixture.JobObjects, Token);
        await AllIsRemovedAsync();
    }

    /// <summary>Checks that everything is deleted; a node may still take some seconds to end a pod.</summary>
    public async Task AllIsRemovedAsync()
    {
        var pods = await _cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(_namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token);
        Assert.All(pods.Items, pod => Assert.NotNull(pod.Metadata.DeletionTimestamp));
        var secrets = await _cluster.Connection.Client.CoreV1.ListNamespacedSecretAsync(_namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token);
        Assert.Empty(secrets.Items);
    }
}

/// <summary>A launcher that has neither actions nor a checkout.</summary>
internal sealed class NoRequests : IWorkerRequestHandler
{
    public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken) =>
        throw new WorkflowException($"A test answers no request '{request.Kind}'");
}

/// <summary>How a job ended.</summary>
/// <param name="End">As its backend saw it.</param>
/// <param name="Log">All lines that its worker told.</param>
internal sealed record PodRunResult(JobEnd End, string Log);
