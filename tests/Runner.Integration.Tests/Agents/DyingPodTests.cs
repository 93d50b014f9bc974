using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;
using Runner.Agent.Configuration;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;

namespace Runner.Integration.Tests.Agents;

/// <summary>An agent over the emulator with pods on a real cluster that die in every way a pod can: the job ends, and its author reads why.</summary>
/// <remarks>A shell script stands in for the worker; it never speaks to GitHub, so all that GitHub hears comes from the agent.</remarks>
public sealed class DyingPodTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 120_000;

    private const string RunForEver = "trap '' USR2 TERM; while :; do sleep 1; done";

    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _namespace = await cluster.NewNamespaceAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Limit)]
    public async Task Pod_that_is_deleted_fails_its_job_with_the_reason_in_log_and_annotation()
    {
        await using var test = await StartAsync();
        var queued = Queue(test, RunForEver);
        var pod = await RunningPodAsync();

        await cluster.Connection.Client.CoreV1.DeleteNamespacedPodAsync(pod, _namespace, gracePeriodSeconds: 1, cancellationToken: Token);

        await FailsWithAsync(test, queued, $"Somebody deleted the job's pod '{pod}' in namespace '{_namespace}'");
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_is_killed_for_its_memory_fails_its_job_with_the_limit()
    {
        await using var test = await StartAsync(options => options.DefaultResources.Limits["memory"] = "32Mi");

        var queued = Queue(test, "exec tail /dev/zero");

        await FailsWithAsync(test, queued, "used more than its memory limit of 32Mi; ask for more, with a label such as memory=64Mi");
    }

    [Fact(Timeout = Limit)]
    public async Task Image_that_cannot_be_pulled_fails_the_job_with_its_name()
    {
        await using var test = await StartAsync(options =>
        {
            options.DefaultImage = "registry.invalid/no/such:1";
            options.Start.ImagePullGrace = TimeSpan.FromSeconds(2);
        });

        var queued = Queue(test, "conclude succeeded");

        await FailsWithAsync(test, queued, "The job's image, 'registry.invalid/no/such:1', could not be pulled from registry.invalid (");
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_no_node_takes_fails_its_job_with_what_it_asks_for()
    {
        await using var test = await StartAsync(options =>
        {
            options.DefaultResources.Requests["cpu"] = "999";
            options.Start.SchedulingDeadline = TimeSpan.FromSeconds(3);
        });

        var queued = Queue(test, "conclude succeeded");

        await FailsWithAsync(test, queued, "cpu 999.");
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_is_lost_before_its_worker_started_is_replaced()
    {
        await using var test = await StartAsync(options => options.DefaultResources.Requests["cpu"] = "999");
        var queued = Queue(test, "conclude succeeded");
        var first = await PodAsync(_ => true);

        await cluster.Connection.Client.CoreV1.DeleteNamespacedPodAsync(first, _namespace, gracePeriodSeconds: 0, cancellationToken: Token);
        var second = await PodAsync(pod => pod.Metadata.Name != first);
        test.Emulator.CancelJob(queued.Id);
        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);

        Assert.EndsWith("-1", second, StringComparison.Ordinal);
        Assert.Equal(Conclusion.Canceled, job.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_runs_on_under_the_next_agent_which_reports_and_removes_it()
    {
        await using var test = await StartAsync();
        var queued = Queue(test, """
            while [ ! -e /runner/go ]; do sleep 0.2; done
            proof=$(printf '%s/failed/unreported' "$key" | sha256sum | cut -d' ' -f1)
            printf '{"conclusion":"failed","isReported":false,"reason":"the network was down","proof":"%s"}' "$proof" >/dev/termination-log; exit 69
            """);
        var pod = await RunningPodAsync();

        await test.StopAgentAsync();
        await test.StartAgentAsync(Token, UseCluster(_ => { }));
        var code = await cluster.Connection.Client.NamespacedPodExecAsync(
            pod, _namespace, "job", ["touch", "/runner/go"], tty: false, (_, _, _) => Task.CompletedTask, Token);

        Assert.Equal(0, code);
        await FailsWithAsync(test, queued, "the network was down");
        await GoneAsync(pod);
    }

    private Task<AgentOnHost> StartAsync(Action<KubernetesOptions>? configure = null) =>
        AgentOnHost.StartAsync(_ => "/no/worker/on/the/host", Token, UseCluster(configure ?? (_ => { })));

    private Action<AgentOptions> UseCluster(Action<KubernetesOptions> configure) => options =>
    {
        options.Backend = BackendKind.Kubernetes;
        options.Kubernetes = new KubernetesOptions
        {
            Kubeconfig = cluster.Kubeconfig,
            Namespace = _namespace,
            RunnerImage = cluster.StandInImage,
            DefaultImage = cluster.JobImage,
        };
        options.Agent.DrainTimeout = TimeSpan.Zero;
        configure(options.Kubernetes);
    };

    private static JobInfo Queue(AgentOnHost test, string script)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(script)).Replace('+', '-');
        var message = JsonSerializer.SerializeToElement(new { variables = new { STANDIN_SCRIPT = new { value = encoded } } });
        return test.Emulator.QueueJob(new RawJob { Message = message });
    }

    private static async Task FailsWithAsync(AgentOnHost test, JobInfo queued, string reason)
    {
        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);
        Assert.Equal(Conclusion.Failed, job.Conclusion);
        var annotation = Assert.Single(job.Annotations);
        Assert.Contains(reason, annotation.Message, StringComparison.Ordinal);
        Assert.Contains($"##[error]{annotation.Message}", await test.Emulator.ReadLogAsync(job.Id, Token), StringComparison.Ordinal);
    }

    private Task<string> RunningPodAsync() =>
        PodAsync(pod => pod.Status?.ContainerStatuses?.Any(status => status.State?.Running is not null) == true);

    private async Task<string> PodAsync(Func<V1Pod, bool> isIt)
    {
        await foreach (var (type, pod) in cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(_namespace, cancellationToken: Token))
        {
            if (type != WatchEventType.Deleted && isIt(pod))
            {
                return pod.Metadata.Name;
            }
        }

        throw new InvalidOperationException("The watch ended");
    }

    private async Task GoneAsync(string name)
    {
        var pods = await cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(_namespace, cancellationToken: Token);
        if (pods.Items.All(pod => pod.Metadata.Name != name))
        {
            return;
        }

        var watch = cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(_namespace, resourceVersion: pods.Metadata.ResourceVersion, cancellationToken: Token);
        await foreach (var (type, pod) in watch)
        {
            if (type == WatchEventType.Deleted && pod.Metadata.Name == name)
            {
                return;
            }
        }
    }
}
