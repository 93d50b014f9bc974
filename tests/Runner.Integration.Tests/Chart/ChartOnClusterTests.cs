using k8s;
using k8s.Models;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>
/// The way of a platform team: the chart installed by helm, the agent a pod with no more than the chart's rights, a job as a pod beside it,
/// and after helm's uninstall nothing left.
/// </summary>
public sealed class ChartOnClusterTests(ClusterFixture cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Installed_agent_takes_a_job_runs_it_as_a_pod_and_goes_without_leaving_anything()
    {
        var core = cluster.Connection.Client.CoreV1;
        var image = BuiltImage.Read();
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true, ListenAddress = cluster.HostAddress }, Token);
        var space = await cluster.NewNamespaceAsync(Token);
        await core.CreateNamespacedSecretAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = "runner-github" }, StringData = new Dictionary<string, string> { ["token"] = "emulator" } },
            space, cancellationToken: Token);

        await HelmAsync(
            "install", "ci", HelmProgram.Chart, "--namespace", space, "--wait", "--timeout", "100s",
            "--set", $"github.url={emulator.Url}acme,github.secretName=runner-github,config.github.allowInsecureHttp=true",
            "--set", $"image.repository={BuiltImage.Name.Split(':')[0]},image.tag={BuiltImage.Name.Split(':')[1]},image.pullPolicy=Never",
            "--set", $"kubernetes.defaultImage={cluster.JobImage},pools[0].name=ci,pools[0].labels={{self-hosted}},pools[0].maxJobs=1");
        var run = emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = "on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - run: echo hello from a pod\n        shell: sh\n",
        });
        var ended = await emulator.WaitForRunAsync(run.Id, Token);

        var job = ended.Job("one");
        var log = await emulator.ReadLogAsync(job.Id, Token);
        Assert.True(job.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains(" hello from a pod\n", log, StringComparison.Ordinal);

        var agent = Assert.Single((await core.ListNamespacedPodAsync(space, labelSelector: "app.kubernetes.io/component=agent", cancellationToken: Token)).Items);
        Assert.EndsWith(image.Id, agent.Status.ContainerStatuses[0].ImageID, StringComparison.Ordinal);
        Assert.Equal(0, agent.Status.ContainerStatuses[0].RestartCount);
        await cluster.PodsGoneAsync(space, ClusterFixture.JobObjects, Token);

        await HelmAsync("uninstall", "ci", "--namespace", space, "--wait", "--timeout", "100s");
        await cluster.PodsGoneAsync(space, "app.kubernetes.io/component=agent", Token);
        var secrets = await core.ListNamespacedSecretAsync(space, cancellationToken: Token);
        Assert.Equal(["runner-github"], secrets.Items.Where(secret => secret.Type == "Opaque").Select(secret => secret.Metadata.Name));
    }

    private async Task HelmAsync(params string[] arguments)
    {
        var (code, output) = await HelmProgram.RunAsync(arguments, Token, cluster.Kubeconfig);
        Assert.True(code == 0, output);
    }
}
