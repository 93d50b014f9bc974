using Docker.DotNet.Models;
using k8s;
using Runner.Emulator;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Agents;

/// <summary>An agent that is killed with <c>kill -9</c> in the middle of a job: the job finishes and reports, and the next agent cleans up.</summary>
public sealed class AgentKilledTests(ClusterFixture cluster, DockerEngineFixture engine) : IDisposable
{
    private const int Limit = 180_000;
    private const string Token = "emulator";

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData(EmulatorProtocol.V2)]
    [InlineData(EmulatorProtocol.V1)]
    public async Task Job_in_a_process_goes_on_and_the_next_agent_adopts_it(EmulatorProtocol protocol)
    {
        var (program, worker) = (Repository.Artifact("runner"), TestWorker.Real());
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true, Protocol = protocol }, Cancellation);
        var configuration = await ConfigureAsync(emulator, $$"""
            backend: host
            host: {root: "{{_folder["jobs"]}}", worker: "{{worker}}"}
            """);
        using var first = AgentProcess.Start(program, configuration, _folder["first.log"]);
        var run = await QueueAsync(emulator, $"echo before; while [ ! -e {_folder["go"]} ]; do sleep 0.05; done; echo after");

        await first.KillAsync(Cancellation);
        using var second = AgentProcess.Start(program, configuration, _folder["second.log"]);
        await second.PrintedAsync("[1207]", Cancellation); // adopted
        await File.WriteAllTextAsync(_folder["go"], string.Empty, Cancellation);
        var ended = await emulator.WaitForRunAsync(run.Id, Cancellation);

        var log = await emulator.ReadLogAsync(ended.Jobs[0].Id, Cancellation);
        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        Assert.Contains(" before\n", log, StringComparison.Ordinal);
        Assert.Contains(" after\n", log, StringComparison.Ordinal);
        await Until.TrueAsync(() => Directory.GetDirectories(_folder["jobs"], "job-*").Length == 0, Cancellation);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_killed_worker_leaves_ends_with_the_job_whatever_it_puts_off()
    {
        var (program, worker) = (Repository.Artifact("runner"), TestWorker.Real());
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions { ShareRunnerKey = true }, Cancellation);
        var configuration = await ConfigureAsync(emulator, $$"""
            backend: host
            host: {root: "{{_folder["jobs"]}}", worker: "{{worker}}"}
            """);
        using var agent = AgentProcess.Start(program, configuration, _folder["agent.log"]);
        var left = _folder["left"];

        var run = await QueueAsync(
            emulator, $"W=$PPID; while [ ! -e {_folder["go"]} ]; do sleep 0.05; done; env -i /usr/bin/setsid -f /bin/sh -c 'echo $$ >{left}; exec sleep 600'; while [ ! -s {left} ]; do sleep 0.05; done; kill -9 $W");
        await File.WriteAllTextAsync(_folder["go"], string.Empty, Cancellation);
        var ended = await emulator.WaitForRunAsync(run.Id, Cancellation);

        Assert.Equal(Conclusion.Failed, ended.Conclusion);
        var process = await File.ReadAllTextAsync(left, Cancellation);
        await Until.TrueAsync(() => !Directory.Exists($"/proc/{process.Trim()}"), Cancellation); // a zombie would stay: it is cleared away, too
    }

    [Theory(Timeout = Limit)]
    [InlineData(EmulatorProtocol.V2)]
    [InlineData(EmulatorProtocol.V1)]
    public async Task Job_in_a_pod_goes_on_and_the_next_agent_cleans_up_after_it(EmulatorProtocol protocol)
    {
        var client = cluster.Connection.Client;
        var (program, image) = (Repository.Artifact("runner"), await cluster.RealWorkerImageAsync(TestWorker.Real()));
        var space = await cluster.NewNamespaceAsync(Cancellation);
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = cluster.HostAddress, Protocol = protocol }, Cancellation);
        var configuration = await ConfigureAsync(emulator, $$"""
            backend: kubernetes
            kubernetes: {kubeconfig: "{{cluster.Kubeconfig}}", namespace: {{space}}, runnerImage: "{{image}}", defaultImage: "{{cluster.JobImage}}"}
            """);
        using var first = AgentProcess.Start(program, configuration, _folder["first.log"]);
        var run = await QueueAsync(emulator, "echo before; while [ ! -e $RUNNER_TEMP/go ]; do sleep 0.05; done; echo after");

        await first.KillAsync(Cancellation);
        var pods = await client.CoreV1.ListNamespacedPodAsync(space, labelSelector: ClusterFixture.JobObjects, cancellationToken: Cancellation);
        var pod = Assert.Single(pods.Items).Metadata.Name;
        await client.NamespacedPodExecAsync(pod, space, "job", ["touch", "/runner/temp/go"], tty: false, (_, _, _) => Task.CompletedTask, Cancellation);
        var ended = await emulator.WaitForRunAsync(run.Id, Cancellation); // by the worker alone: there is no agent

        var log = await emulator.ReadLogAsync(ended.Jobs[0].Id, Cancellation);
        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        Assert.Contains(" before\n", log, StringComparison.Ordinal);
        Assert.Contains(" after\n", log, StringComparison.Ordinal);
        using var second = AgentProcess.Start(program, configuration, _folder["second.log"]);
        await cluster.PodsGoneAsync(space, ClusterFixture.JobObjects, Cancellation);
    }

    [Theory(Timeout = Limit)]
    [InlineData(EmulatorProtocol.V2)]
    [InlineData(EmulatorProtocol.V1)]
    public async Task Job_in_a_container_goes_on_and_the_next_agent_runs_its_container_step(EmulatorProtocol protocol)
    {
        var program = Repository.Artifact("runner");
        await using var emulator = await StartForContainersAsync(protocol);
        var configuration = await ConfigureForContainersAsync(emulator);
        using var first = AgentProcess.Start(program, configuration, _folder["first.log"]);
        var run = await QueueAsync(
            emulator,
            "until test -e go; do sleep 0.05; done",
            $"- {{uses: 'docker://{DockerEngineFixture.Image}', with: {{entrypoint: /bin/sh, args: -c 'echo beside the job'}}}}");

        await first.KillAsync(Cancellation);
        using var second = AgentProcess.Start(program, configuration, _folder["second.log"]);
        await second.PrintedAsync("[1207]", Cancellation); // adopted
        await LetGoAsync(run.Jobs[0].Id);
        var ended = await emulator.WaitForRunAsync(run.Id, Cancellation);

        var log = await emulator.ReadLogAsync(ended.Jobs[0].Id, Cancellation);
        Assert.True(ended.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains(" beside the job\n", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Container_step_that_runs_when_its_agent_is_killed_fails_by_the_next_one_and_is_not_run_again()
    {
        var program = Repository.Artifact("runner");
        await using var emulator = await StartForContainersAsync();
        var configuration = await ConfigureForContainersAsync(emulator);
        using var first = AgentProcess.Start(program, configuration, _folder["first.log"]);
        var run = await QueueAsync(
            emulator,
            "until test -e go; do sleep 0.05; done",
            $"- {{uses: 'docker://{DockerEngineFixture.Image}', with: {{entrypoint: /bin/sh, args: \"-c 'echo begun; while :; do sleep 1; done'\"}}}}");
        var job = run.Jobs[0].Id;
        await LetGoAsync(job);
        while ((await ContainersAsync(job)).Count < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }

        await first.KillAsync(Cancellation);
        using var second = AgentProcess.Start(program, configuration, _folder["second.log"]);
        var ended = await emulator.WaitForRunAsync(run.Id, Cancellation);

        var log = await emulator.ReadLogAsync(job, Cancellation) ?? string.Empty;
        Assert.Equal(Conclusion.Failed, ended.Conclusion);
        Assert.Contains("##[error]The agent that ran this container ended before it, and what it printed since then is lost: it was stopped", log, StringComparison.Ordinal);
        Assert.True(log.Split(" begun\n").Length <= 2, log);
    }

    private async Task<EmulatorServer> StartForContainersAsync(EmulatorProtocol protocol = EmulatorProtocol.V2)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
        return await EmulatorServer.StartAsync(
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = await engine.GatewayAsync(Cancellation), Protocol = protocol }, Cancellation);
    }

    private Task<string> ConfigureForContainersAsync(EmulatorServer emulator) => ConfigureAsync(emulator, $$"""
        backend: docker
        docker: {host: "{{engine.Host}}", worker: "{{TestWorker.Real()}}", defaultImage: "{{DockerEngineFixture.Image}}"}
        """);

    private Task<IList<ContainerListResponse>> ContainersAsync(JobId job)
    {
        var filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"act.nektos.com/job-id={job}"] = true } };
        return engine.Client.Containers.ListContainersAsync(new ContainersListParameters { Filters = filters }, Cancellation);
    }

    // The first step of a job in a container waits for this file.
    private async Task LetGoAsync(JobId job)
    {
        var touch = await engine.Client.Exec.CreateContainerExecAsync(
            Assert.Single(await ContainersAsync(job)).ID, new ContainerExecCreateParameters { Cmd = ["touch", "/github/workspace/go"], AttachStdout = true }, Cancellation);
        using var output = await engine.Client.Exec.StartContainerExecAsync(touch.ID, new ContainerExecStartParameters(), Cancellation);
        await output.ReadOutputToEndAsync(Cancellation);
    }

    private async Task<string> ConfigureAsync(EmulatorServer emulator, string backend)
    {
        await File.WriteAllTextAsync(_folder["token"], Token, Cancellation);
        await File.WriteAllTextAsync(
            _folder["runner.yaml"],
            $$"""
            {{backend}}
            github: {url: "{{emulator.Url}}acme", auth: {tokenFile: "{{_folder["token"]}}"}, allowInsecureHttp: true}
            pools: [{name: test, labels: [self-hosted], maxJobs: 1}]
            monitoring: {enabled: false}
            agent: {instance: agent-1, adoptionInterval: 500ms}
            """,
            Cancellation);
        return _folder["runner.yaml"];
    }

    /// <summary>Queues a job and waits until its first step runs.</summary>
    private static async Task<RunInfo> QueueAsync(EmulatorServer emulator, string script, string next = "")
    {
        var run = emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - name: Wait\n        shell: sh\n        run: \"{script}\"\n      {next}\n",
        });
        await emulator.WaitForJobAsync(
            run.Jobs[0].Id, job => job.Steps.Any(step => step is { Name: "Wait", Status: StepStatus.InProgress }), Cancellation);
        return run;
    }
}
