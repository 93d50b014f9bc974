using Runner.Agent.Configuration;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Chaos;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Testing;
using Runner.Testing.Cluster;

namespace Runner.Integration.Tests.Agents;

/// <summary>A hundred jobs at once on a cluster that is a stand-in: what one agent holds and asks, and what becomes of them where it is killed among them.</summary>
public sealed class ManyJobsTests : IDisposable
{
    private const int Limit = 240_000;
    private const int MostCallsOfJob = 8;
    private const int Legs = 100; // of one matrix; GitHub takes 256 at most

    private static readonly int Jobs = ChaosPlan.JobsOf("RUNNER_TEST_BURST_JOBS", usual: 100);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Hundred_jobs_at_once_run_once_each_with_few_calls_though_the_watch_is_cut_again_and_again()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { CutWatchAfter = 40, ExpireEvery = 3 }, Token);
        await using var test = await AgentOnHost.StartAsync(_ => "/no/worker/on/the/host", Token, options =>
        {
            options.Backend = BackendKind.Kubernetes;
            options.Kubernetes = new KubernetesOptions
            {
                Kubeconfig = cluster.Kubeconfig, Namespace = "jobs", RunnerImage = "registry.example/runner:1", DefaultImage = "registry.example/job:1",
            };
            options.Pools = [new PoolOptions { Name = "test", Labels = ["self-hosted"], Mode = PoolMode.ScaleSet, MaxJobs = Jobs }];
            options.Agent.AdoptionInterval = TimeSpan.FromSeconds(30); // as it is
        });

        var ended = await test.WaitForRunAsync(Queue(test.Emulator).Id, Token);
        await NothingIsLeftAsync(cluster);

        Assert.All(ended.Jobs, job => Assert.Equal((job.Name, Conclusion.Succeeded), (job.Name, job.Conclusion)));
        Assert.Equal(ended.Jobs.Select(job => job.Id.Value).Order(), cluster.Ran.Select(job => job.Value).Order());
        Assert.NotEqual(0, cluster.WatchCuts);
        var calls = cluster.Calls.Counts;
        Assert.True(calls.Values.Sum() <= MostCallsOfJob * Jobs, string.Join('\n', calls.Select(call => $"{call.Value} x {call.Key}")));
    }

    [Theory(Timeout = Limit)]
    [InlineData("agent-1")] // it comes again
    [InlineData("agent-2")] // another one waits for its turn
    public async Task Agent_that_is_killed_in_a_burst_loses_doubles_and_leaves_no_job(string successor)
    {
        var program = Repository.Artifact("runner");
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { WorkTime = TimeSpan.FromSeconds(1) }, Token);
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions { ShareRunnerKey = true, ScaleSetSessionDuration = TimeSpan.FromHours(1), OfferDuration = TimeSpan.FromSeconds(4) }, Token);
        using var first = AgentProcess.Start(program, await ConfigureAsync(emulator, cluster, "agent-1"), _folder["first.log"]);
        var run = Queue(emulator);

        await Until.TrueAsync(() => cluster.Calls.Count("create pods") >= Jobs / 3, Token);
        await first.KillAsync(Token);
        using var second = AgentProcess.Start(program, await ConfigureAsync(emulator, cluster, successor), _folder["second.log"]);
        var ended = await emulator.WaitForRunAsync(run.Id, Token);
        await NothingIsLeftAsync(cluster);

        Assert.All(ended.Jobs, job => Assert.Equal((job.Name, Conclusion.Succeeded), (job.Name, job.Conclusion)));
        Assert.Equal(ended.Jobs.Select(job => job.Id.Value).Order(), cluster.Ran.Select(job => job.Value).Order());
    }

    private static Task NothingIsLeftAsync(StandInCluster cluster) =>
        Until.TrueAsync(() => cluster is { Pods.Count: 0, Secrets.Count: 0 }, Token);

    private static RunInfo Queue(EmulatorServer emulator)
    {
        var jobs = Enumerable.Range(0, Jobs).Chunk(Legs).Select((legs, i) => $$$"""
              job-{{{i}}}:
                strategy: {fail-fast: false, matrix: {n: [{{{string.Join(',', legs)}}}]}}
                runs-on: self-hosted
                steps: [{run: echo}]
            """);
        return emulator.QueueWorkflow(new WorkflowRequest { Workflow = $"on: push\njobs:\n{string.Join('\n', jobs)}\n" });
    }

    private async Task<string> ConfigureAsync(EmulatorServer emulator, StandInCluster cluster, string name)
    {
        await File.WriteAllTextAsync(_folder["token"], "emulator", Token);
        await File.WriteAllTextAsync(
            _folder[name + ".yaml"],
            $$"""
            backend: kubernetes
            kubernetes: {kubeconfig: "{{cluster.Kubeconfig}}", namespace: jobs, runnerImage: "registry.example/runner:1", defaultImage: "registry.example/job:1"}
            github: {url: "{{emulator.Url}}acme", auth: {tokenFile: "{{_folder["token"]}}"}, allowInsecureHttp: true}
            pools: [{name: test, labels: [self-hosted], maxJobs: {{Jobs}}, mode: scaleset}]
            monitoring: {enabled: false}
            agent: {instance: {{name}}, installation: tests, adoptionInterval: 500ms}
            """,
            Token);
        return _folder[name + ".yaml"];
    }
}
