using System.Globalization;
using System.Text;
using k8s;
using k8s.Models;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>A release of the chart on the dev cluster, of the image that the Dockerfile makes, with an emulator as its GitHub.</summary>
internal sealed class ChartRelease : IAsyncDisposable
{
    /// <summary>Selects the agents' pods.</summary>
    public const string Agents = "app.kubernetes.io/component=agent";

    private const string Timeout = "150s";

    private const int LogTail = 60;

    /// <summary>What the agents are registered for: a repository, so that they know what to count.</summary>
    public const string Repository = "acme/app";

    // A name that GitHub's clients take for GitHub.
    private static readonly Uri ServerUrl = new("http://github.localhost/");

    private readonly List<long> _runs = [];
    private readonly ClusterFixture _cluster;
    private bool _isInstalled;

    private ChartRelease(ClusterFixture cluster, EmulatorServer emulator, string space) => (_cluster, Emulator, Space) = (cluster, emulator, space);

    /// <summary>Its GitHub.</summary>
    public EmulatorServer Emulator { get; }

    /// <summary>Namespace of the release.</summary>
    public string Space { get; }

    /// <summary>Namespace of the jobs, which the chart makes.</summary>
    public string JobSpace => Space + "-jobs";

    /// <summary>What is there before helm is asked: the emulator, the namespace and the Secret in it.</summary>
    public static async Task<ChartRelease> PrepareAsync(ClusterFixture cluster, CancellationToken cancellationToken)
    {
        var core = cluster.Connection.Client.CoreV1;
        var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true, ListenAddress = cluster.HostAddress, ServerUrl = ServerUrl }, cancellationToken);
        var space = await cluster.NewNamespaceAsync(cancellationToken);
        await core.CreateNamespacedSecretAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = "runner-github" }, StringData = new Dictionary<string, string> { ["token"] = "emulator" } },
            space, cancellationToken: cancellationToken);
        var release = new ChartRelease(cluster, emulator, space);
        cluster.RemoveAtEnd(release.JobSpace);
        return release;
    }

    /// <summary>Installs or upgrades, and waits until all is ready.</summary>
    public Task ApplyAsync(string command, string values, CancellationToken cancellationToken)
    {
        _isInstalled = true;
        return HelmAsync(
            cancellationToken,
            command, "ci", HelmProgram.Chart, "--wait", "--timeout", Timeout,

            // The API server of Kubernetes 1.20 knows no server-side apply of an APIService, and Helm 4 would begin with it.
            "--server-side=false",
            "--set", $"github.url={Emulator.Url}{Repository},github.secretName=runner-github,config.github.allowInsecureHttp=true",
            "--set", $"image.repository={BuiltImage.Name.Split(':')[0]},image.tag={BuiltImage.Name.Split(':')[1]},image.pullPolicy=Never",
            "--set", $"kubernetes.defaultImage={_cluster.JobImage},pools[0].name=ci,pools[0].labels={{self-hosted}}",
            "--set", values);
    }

    /// <summary>Goes back to a revision.</summary>
    public Task RollBackAsync(int revision, CancellationToken cancellationToken) => HelmAsync(
        cancellationToken, "rollback", "ci", revision.ToString(CultureInfo.InvariantCulture), "--wait", "--timeout", Timeout);

    /// <summary>Takes all away.</summary>
    public async Task UninstallAsync(CancellationToken cancellationToken)
    {
        await HelmAsync(cancellationToken, "uninstall", "ci", "--wait", "--timeout", Timeout);
        _isInstalled = false;
        await _cluster.PodsGoneAsync(Space, Agents, cancellationToken);
    }

    /// <summary>Queues jobs that each run a script.</summary>
    public RunInfo Queue(int jobs, string script) => Queue(Jobs(jobs, script));

    /// <summary>Queues a workflow.</summary>
    public RunInfo Queue(WorkflowRequest request)
    {
        var run = Emulator.QueueWorkflow(request);
        _runs.Add(run.Id);
        return run;
    }

    /// <summary>Pods of a namespace.</summary>
    public async Task<IList<V1Pod>> PodsAsync(string space, string selector, CancellationToken cancellationToken) =>
        (await _cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(space, labelSelector: selector, cancellationToken: cancellationToken)).Items;

    /// <summary>Does something that must end in a time; what does not fails with the state of the jobs, their pods and the agents.</summary>
    public async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            return await work(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Not over after {limit}:\n{await DescribeAsync(cancellationToken)}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isInstalled)
        {
            // An API of the cluster that nobody serves any more would keep every namespace from going.
            await HelmProgram.RunAsync(["uninstall", "ci", "--ignore-not-found", "--namespace", Space], CancellationToken.None, _cluster.Kubeconfig);
        }

        await Emulator.DisposeAsync();
    }

    private static WorkflowRequest Jobs(int jobs, string script) => new()
    {
        Repository = Repository,
        Workflow = $$$"""
            on: push
            jobs:
              one:
                strategy: {matrix: {n: [{{{string.Join(", ", Enumerable.Range(1, jobs))}}}]}}
                runs-on: self-hosted
                steps:
                  - shell: sh
                    run: |
                      {{{script}}}
            """,
    };

    // What is needed to see why something hangs: every job that is not over, every pod, and the end of each agent's log.
    private async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var job in _runs.SelectMany(run => Emulator.FindRun(run)?.Jobs ?? []).Where(job => job.Status != JobStatus.Completed))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"job {job.Name}: {job.Status}, {job.Runner ?? "no runner"}, since {job.StartedAt ?? job.QueuedAt:T}");
        }

        foreach (var space in new[] { Space, JobSpace })
        {
            foreach (var pod in (await _cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(space, cancellationToken: cancellationToken)).Items)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"pod {pod.Metadata.Name}: {pod.Status.Phase}, deleted {pod.Metadata.DeletionTimestamp:T}");
            }
        }

        foreach (var agent in await PodsAsync(Space, Agents, cancellationToken))
        {
            await using var log = await _cluster.Connection.Client.CoreV1.ReadNamespacedPodLogAsync(
                agent.Metadata.Name, Space, tailLines: LogTail, cancellationToken: cancellationToken);
            using var reader = new StreamReader(log);
            text.AppendLine(CultureInfo.InvariantCulture, $"agent {agent.Metadata.Name}:").AppendLine(await reader.ReadToEndAsync(cancellationToken));
        }

        return text.ToString();
    }

    private async Task HelmAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var (code, output) = await HelmProgram.RunAsync([.. arguments, "--namespace", Space], cancellationToken, _cluster.Kubeconfig);
        Assert.True(code == 0, output);
    }
}
