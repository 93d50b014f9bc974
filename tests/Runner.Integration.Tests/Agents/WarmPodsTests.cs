using System.Globalization;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Runner.Agent.Configuration;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Integration.Tests.Agents;

/// <summary>Pods that wait for jobs, on a real cluster: a job that fits gets one, and its life is that of any other job.</summary>
public sealed partial class WarmPodsTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 240_000;
    private const string Warm = "act.nektos.com/warm";
    private const string JobId = "act.nektos.com/job-id";

    private readonly TempFolder _folder = new();
    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ICoreV1Operations Core => cluster.Connection.Client.CoreV1;

    public async ValueTask InitializeAsync() => _namespace = await cluster.NewNamespaceAsync(Token);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_fits_starts_in_the_pod_that_waits_and_the_next_pod_waits_then()
    {
        await using var test = await StartAsync(pool => pool.Warm = new WarmOptions { Min = 1 });
        var waiting = await WaitingAsync(test, count: 1);
        var pod = await Core.ReadNamespacedPodAsync(waiting[0], _namespace, cancellationToken: Token);

        var job = await RunAsync(test, "[self-hosted, linux]", "env; test ! -e /runner/payload/job/payload.json; test ! -e /runner/spool/payload.sock");
        var next = await WaitingAsync(test, count: 1, seen: 2);
        var cold = await RunAsync(test, "[self-hosted, linux]", "echo", containers: $"container: {{image: '{cluster.JobImage}'}}");

        Assert.DoesNotContain(pod.Spec.Volumes, volume => volume.Secret is not null);
        Assert.True(job.Log.Contains($"Pod {waiting[0]} waited for a job of this kind", StringComparison.Ordinal), string.Join('\n', test.Logs));
        Assert.DoesNotContain("waited for a job", cold.Log, StringComparison.Ordinal);
        Assert.NotEqual(waiting, next);
        Assert.InRange(job.Start, TimeSpan.Zero, cold.Start / 2);
        TestContext.Current.SendDiagnosticMessage($"from the message to the first step: {job.Start.TotalSeconds:0.000} s in a pod that waited, {cold.Start.TotalSeconds:0.000} s in a new one");
        await JobsAreGoneAsync();
        using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and listens
        var metrics = await http.GetAsync("metrics", Token);
        Assert.Contains("runner_pool_warm_jobs_total{pool=\"test\",result=\"given\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("runner_pool_warm_pods{pool=\"test\",state=\"ready\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Pods_that_wait_give_way_to_jobs_that_find_no_room()
    {
        await QuotaAsync("2");
        await using var test = await StartAsync(pool => pool.Warm = new WarmOptions { Min = 2 });
        await WaitingAsync(test, count: 2, seen: 2);

        var job = await RunAsync(test, "[self-hosted, linux]", "echo", containers: $"container: {{image: '{cluster.JobImage}'}}");

        Assert.DoesNotContain("waited for a job", job.Log, StringComparison.Ordinal);
        Assert.Contains(test.Logs, line => line.Contains("which waits for a job, goes: another job finds no room", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_went_while_it_waited_costs_its_job_nothing_but_time()
    {
        await using var test = await StartAsync(pool => pool.Warm = new WarmOptions { Min = 1 });
        var waiting = await WaitingAsync(test, count: 1);

        var run = Queue(test.Emulator, "[self-hosted, linux]", "echo");
        await Core.DeleteNamespacedPodAsync(waiting[0], _namespace, gracePeriodSeconds: 0, cancellationToken: Token);
        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Pods_wait_for_the_next_agent_too_and_go_when_they_are_not_wanted_any_more()
    {
        await using var test = await StartAsync(pool => pool.Warm = new WarmOptions { Min = 1 });
        var waiting = await WaitingAsync(test, count: 1);
        await test.StopAgentAsync();

        await test.StartAgentAsync(Token, options => Configure(options, test, pool => pool.Warm = new WarmOptions { Min = 1 }));
        await WaitingAsync(test, count: 1, seen: 2);
        var job = await RunAsync(test, "[self-hosted, linux]", "echo");
        await test.StopAgentAsync();
        await test.StartAgentAsync(Token, options => Configure(options, test, _ => { }));

        Assert.Contains($"Pod {waiting[0]} waited for a job of this kind", job.Log, StringComparison.Ordinal);
        await Until.TrueAsync(async () => (await Core.ListNamespacedPodAsync(_namespace, labelSelector: Warm, cancellationToken: Token)).Items.Count == 0, Token);
    }

    [Theory(Timeout = Limit)]
    [InlineData("[2156]")] // the pod is the job's, and its worker has nothing of it
    [InlineData("[1201]")] // launched
    public async Task Job_runs_once_where_its_agent_dies_when_it_is_given_a_pod_that_waited(string words)
    {
        var place = await AgentPlace.OfAsync("kubernetes", _folder, cluster, engine: null, Token);
        _namespace = place.Namespace;
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true, ListenAddress = place.Address }, Token);
        await using var marks = await MarkServer.StartAsync(place.Address, Token);
        var configuration = await place.ConfigureAsync("kubernetes", emulator, "runners", maxJobs: 1, $"agent-{Guid.NewGuid():N}"[..14], Token, pool: "warm: {min: 1}");
        using var first = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["first.log"]);
        await first.PrintedAsync("[2157]", Token); // a pod waits

        var run = Queue(emulator, "self-hosted", marks.Leave("ran"));
        await first.PrintedAsync(words, Token);
        await first.KillAsync(Token);
        using var second = AgentProcess.Start(Repository.Artifact("runner"), configuration, _folder["second.log"]);

        Assert.Equal(Conclusion.Succeeded, (await emulator.WaitForRunAsync(run.Id, Token)).Conclusion);
        Assert.Equal(["ran"], marks.Marks);
        await JobsAreGoneAsync();
    }

    private Task JobsAreGoneAsync() => Until.TrueAsync(
        async () => (await Core.ListNamespacedPodAsync(_namespace, labelSelector: JobId, cancellationToken: Token)).Items.Count == 0
            && (await Core.ListNamespacedSecretAsync(_namespace, labelSelector: JobId, cancellationToken: Token)).Items.Count == 0,
        Token);

    private Task<AgentOnHost> StartAsync(Action<PoolOptions> configure) => AgentOn.ClusterAsync(
        cluster,
        options =>
        {
            _kubernetes = options.Kubernetes;
            configure(options.Pools[0]);
        },
        Token,
        _namespace);

    private KubernetesOptions? _kubernetes;

    private void Configure(AgentOptions options, AgentOnHost test, Action<PoolOptions> configure)
    {
        Assert.NotNull(test.Emulator);
        options.Backend = BackendKind.Kubernetes;
        options.Github.AllowInsecureHttp = true;
        options.Kubernetes = _kubernetes;
        configure(options.Pools[0]);
    }

    private static RunInfo Queue(EmulatorServer emulator, string labels, string script, string containers = "") => emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $$"""
            on: push
            jobs:
              one:
                runs-on: {{labels}}
                {{containers}}
                steps: [{shell: sh, run: '{{script}}'}]
            """,
    });

    private static async Task<(string Log, TimeSpan Start)> RunAsync(AgentOnHost test, string labels, string script, string containers = "")
    {
        var ended = await test.WaitForRunAsync(Queue(test.Emulator, labels, script, containers).Id, Token);
        var log = await test.Emulator.ReadLogAsync(ended.Job("one").Id, Token) ?? string.Empty;
        Assert.True(ended.Conclusion == Conclusion.Succeeded, log);
        return (log, MomentOf("First step", log) - MomentOf("Message seen", log));
    }

    private static DateTimeOffset MomentOf(string name, string log) => DateTimeOffset.Parse(
        Moment().Matches(log).First(match => match.Groups["name"].Value == name).Groups["time"].Value, CultureInfo.InvariantCulture);

    // So many wait, and so many in all were seen by the agent, which a job that comes now depends on.
    private async Task<string[]> WaitingAsync(AgentOnHost test, int count, int seen = 1)
    {
        string[] ready = [];
        await Until.TrueAsync(
            async () =>
            {
                var pods = await Core.ListNamespacedPodAsync(_namespace, labelSelector: $"{Warm},!{JobId}", cancellationToken: Token);
                ready = [.. pods.Items.Where(pod => pod.Status?.ContainerStatuses?.Any(status => status.State?.Running is not null) == true).Select(pod => pod.Metadata.Name)];
                return ready.Length == count && test.Logs.Count(line => line.Contains(" 2157: ", StringComparison.Ordinal)) >= seen;
            },
            Token);
        return ready;
    }

    private async Task QuotaAsync(string pods)
    {
        await Core.CreateNamespacedResourceQuotaAsync(
            new V1ResourceQuota
            {
                Metadata = new V1ObjectMeta { Name = "small" },
                Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new(pods) } },
            },
            _namespace,
            cancellationToken: Token);
        await Until.TrueAsync(
            async () => (await Core.ReadNamespacedResourceQuotaAsync("small", _namespace, cancellationToken: Token)).Status?.Hard?.ContainsKey("pods") == true, Token);
    }

    [GeneratedRegex("(?<name>Message seen|First step): +(?<time>[0-9T:.-]+Z)")]
    private static partial Regex Moment();
}
