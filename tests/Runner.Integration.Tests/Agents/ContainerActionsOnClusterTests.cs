using k8s;
using Runner.Agent.Configuration;
using Runner.Emulator;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;

namespace Runner.Integration.Tests.Agents;

/// <summary>Container actions of jobs in pods, from emulator and agent to real kubelet, runtime and worker (<see cref="ApiOf125"/> stands between).</summary>
public sealed class ContainerActionsOnClusterTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 180_000;
    private const string Image = "local/busybox:1";

    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ICoreV1Operations Core => cluster.Connection.Client.CoreV1;

    public async ValueTask InitializeAsync() => _namespace = await cluster.NewNamespaceAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Limit)]
    public async Task Container_shares_workspace_files_environment_and_network_with_its_job()
    {
        await using var agent = await StartAsync();

        var job = await RunAsync(
            agent,
            $$$"""
            - {run: 'echo from-the-job >shared; echo FROM_ENV=seen >>$GITHUB_ENV; mkdir /www; echo served >/www/page; httpd -p 8123 -h /www'}
            - id: there
              uses: docker://{{{Image}}}
              env: {TOKEN: '${{ secrets.TOKEN }}'}
              with:
                entrypoint: /bin/sh
                args: >-
                  -c 'cat shared; echo $FROM_ENV; pwd; echo $HOME; echo $RUNNER_TEMP; echo word=from-the-container >>$GITHUB_OUTPUT; echo ADDED=later >>$GITHUB_ENV;
                  echo ::add-mask::hush; echo say hush; echo token $TOKEN; wget -qO- http://localhost:8123/page; test -s /github/workflow/event.json || exit 9;
                  echo state >/github/home/kept; echo temporary >/github/runner_temp/seen; echo $(echo twice) $$; echo back >back'
            - {uses: docker://{{{Image}}}, with: {entrypoint: /bin/env, some-input: given}}
            - {run: 'echo got ${{ steps.there.outputs.word }} and $ADDED; cat back $RUNNER_TEMP/seen $RUNNER_TEMP/_github_home/kept'}
            """);

        var lines = await LinesAsync(agent, job);
        foreach (var line in new[]
        {
            "from-the-job", "seen", "/github/workspace", "/github/home", "/github/runner_temp", "say ***", "token ***", "served", "INPUT_SOME-INPUT=given",
            "got from-the-container and later", "back", "temporary", "state",
        })
        {
            Assert.True(lines.Contains(line), $"{line} is not in:\n{string.Join('\n', lines)}");
        }

        Assert.Contains(lines, line => line.StartsWith("twice ", StringComparison.Ordinal) && int.TryParse(line[6..], out _));
        Assert.DoesNotContain(lines, line => line.Contains("s3cr3t", StringComparison.Ordinal));
        Assert.Equal(Conclusion.Succeeded, job.Conclusion);
        await EmptyAsync();
    }

    private async Task<AgentOnHost> StartAsync(Action<KubernetesOptions>? configure = null)
    {
        var later = await cluster.LaterAsync();
        return await AgentOnHost.StartAsync(
            _ => "/no/worker/on/the/host",
            Token,
            UseCluster(await cluster.RealWorkerImageAsync(TestWorker.Real()), later.Kubeconfig, configure ?? (_ => { })),
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = cluster.HostAddress });
    }

    private Action<AgentOptions> UseCluster(string runnerImage, string kubeconfig, Action<KubernetesOptions> configure) => options =>
    {
        options.Backend = BackendKind.Kubernetes;
        options.Github.AllowInsecureHttp = true;
        options.Kubernetes = new KubernetesOptions { Kubeconfig = kubeconfig, Namespace = _namespace, RunnerImage = runnerImage, DefaultImage = Image };
        options.Agent.DrainTimeout = TimeSpan.Zero;
        configure(options.Kubernetes);
    };

    private static RunInfo Queue(AgentOnHost agent, string steps) => agent.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\ndefaults: {{run: {{shell: sh}}}}\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n{string.Join('\n', steps.Split('\n').Select(line => "      " + line))}\n",
        Secrets = new Dictionary<string, string> { ["TOKEN"] = "s3cr3t-of-the-job" },
    });

    private static async Task<JobInfo> RunAsync(AgentOnHost agent, string steps) => (await agent.WaitForRunAsync(Queue(agent, steps).Id, Token)).Job("one");

    private static async Task<List<string>> LinesAsync(AgentOnHost agent, JobInfo job)
    {
        var log = $"{await agent.Emulator.ReadLogAsync(job.Id, Token)}\n{job.Reason}";
        return [.. log.Split('\n').Select(line => line.Split("Z ", 2)[^1])];
    }

    private async Task EmptyAsync()
    {
        await cluster.PodsGoneAsync(_namespace, ClusterFixture.JobObjects, Token);
        Assert.Empty((await Core.ListNamespacedSecretAsync(_namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token)).Items);
    }
}
