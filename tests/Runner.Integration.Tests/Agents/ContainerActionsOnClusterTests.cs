using k8s;
using k8s.Models;
using Runner.Agent.Configuration;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;

namespace Runner.Integration.Tests.Agents;

/// <summary>Container actions of jobs in pods, from emulator and agent to real kubelet, runtime and worker (<see cref="ApiOf125"/> stands between).</summary>
public sealed class ContainerActionsOnClusterTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 300_000;
    private const string Image = "local/busybox:1";

    private string _namespace = string.Empty;
    private KubernetesOptions _kubernetes = new();

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

    [Fact(Timeout = Limit)]
    public async Task Images_own_entry_point_gets_the_arguments_and_its_exit_code_is_the_steps()
    {
        var image = await cluster.MakeImageAsync("local/action-speaks", """{"Entrypoint":["/bin/sh","-c","echo own entry point of $1; exit 7","x"],"Cmd":["itself"],"Env":["PATH=/bin"]}""");
        await using var agent = await StartAsync();

        var job = await RunAsync(
            agent,
            $$$"""
            - {uses: 'docker://{{{image}}}', continue-on-error: true}
            - {uses: 'docker://{{{image}}}', with: {args: $(HOME)}}
            """);

        var lines = await LinesAsync(agent, job);
        Assert.Contains("own entry point of itself", lines);
        Assert.Contains("own entry point of $(HOME)", lines); // Kubernetes would take that for a reference
        Assert.Equal(Conclusion.Failed, job.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task What_cannot_be_started_is_told_and_the_job_goes_on()
    {
        await using var agent = await StartAsync(options => options.Start.ImagePullGrace = TimeSpan.FromSeconds(2));

        var job = await RunAsync(
            agent,
            $$$"""
            - {continue-on-error: true, uses: 'docker://{{{Image}}}', with: {entrypoint: /no/such}}
            - {continue-on-error: true, uses: 'docker://127.0.0.1:1/no/such:image'}
            - {run: 'mkdir act; printf "name: x\ndescription: x\nruns: {using: docker, image: Dockerfile}\n" >act/action.yml; echo FROM scratch >act/Dockerfile'}
            - {continue-on-error: true, uses: ./act}
            """);

        var errors = (await LinesAsync(agent, job)).Where(line => line.StartsWith("##[error]", StringComparison.Ordinal)).ToList();
        Assert.True(job.Conclusion == Conclusion.Succeeded && errors.Count == 3, string.Join('\n', errors));
        Assert.StartsWith("##[error]The container cannot be started: ", errors[0], StringComparison.Ordinal);
        Assert.Contains("/no/such", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("##[error]The action's image, '127.0.0.1:1/no/such:image', could not be pulled from 127.0.0.1:1 (", errors[1], StringComparison.Ordinal);
        Assert.StartsWith("##[error]'/github/workspace/act/Dockerfile' has to be built, and a pod has no engine for that", errors[2], StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Container_that_no_signal_ends_is_killed_at_a_cancel_and_nothing_secret_stands_in_the_pod()
    {
        await using var agent = await StartAsync(options => options.Security = new SecurityOptions
        {
            PodSecurityStandard = "restricted", PodSecurityContext = new V1PodSecurityContext { RunAsUser = 1001 },
        });
        var run = Queue(
            agent,
            $$$"""
            - name: Stubborn
              uses: docker://{{{Image}}}
              env: {TOKEN: '${{ secrets.TOKEN }}'}
              with: {entrypoint: /bin/sh, args: "-c 'trap \"echo interrupted\" INT; trap \"echo terminated\" TERM; : ${{ secrets.TOKEN }}; echo started; while :; do sleep 0.1; done'"}
            - {name: After, if: always(), run: 'ps | grep "[t]rap" || echo none is left; while [ ! -e go ]; do sleep 0.1; done'}
            """);
        var name = await RunsAsync();

        agent.Emulator.CancelRun(run.Id);
        await StepRunsAsync(agent, run, "After");
        var pod = await Core.ReadNamespacedPodAsync(name, _namespace, cancellationToken: Token);
        var secret = await Core.ReadNamespacedSecretAsync(name, _namespace, cancellationToken: Token);
        await LetGoAsync(name);
        var job = (await agent.WaitForRunAsync(run.Id, Token)).Job("one");

        var lines = await LinesAsync(agent, job);
        Assert.Equal(["started", "interrupted", "terminated", "none is left"], lines.Where(line => line is "started" or "interrupted" or "terminated" or "none is left"));
        Assert.Equal((Conclusion.Canceled, Conclusion.Canceled, Conclusion.Succeeded), (job.Conclusion, job.Step("Stubborn").Conclusion, job.Step("After").Conclusion));
        Assert.DoesNotContain("s3cr3t", KubernetesJson.Serialize(pod), StringComparison.Ordinal);
        Assert.Single(pod.Spec.EphemeralContainers);
        Assert.DoesNotContain(secret.Data.Keys, key => key.StartsWith("action-", StringComparison.Ordinal));
        await EmptyAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_adopts_a_job_goes_on_with_its_container_and_runs_the_next_one()
    {
        await using var agent = await StartAsync();
        var run = Queue(
            agent,
            $$$"""
            - {uses: 'docker://{{{Image}}}', with: {entrypoint: /bin/sh, args: "-c 'echo before; while [ ! -e go ]; do sleep 0.1; done; echo after'"}}
            - {uses: 'docker://{{{Image}}}', with: {entrypoint: /bin/echo, args: the next one}}
            """);
        var pod = await RunsAsync();

        await agent.StopAgentAsync();
        await StartNextAsync(agent, _kubernetes);
        await LetGoAsync(pod);
        var job = (await agent.WaitForRunAsync(run.Id, Token)).Job("one");

        var lines = await LinesAsync(agent, job);
        Assert.True(job.Conclusion == Conclusion.Succeeded, string.Join('\n', lines));
        Assert.Equal(["before", "after", "the next one"], lines.Where(line => line is "before" or "after" or "the next one"));
        await EmptyAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Container_that_takes_more_memory_than_the_pod_may_is_told_and_the_job_goes_on()
    {
        await using var agent = await StartAsync(options => options.DefaultResources.Limits["memory"] = "96Mi");

        var job = await RunAsync(
            agent,
            $$$"""
            - {name: Eat, continue-on-error: true, uses: 'docker://{{{Image}}}', with: {entrypoint: /bin/tail, args: /dev/zero}}
            - {run: echo still here}
            """);

        var lines = await LinesAsync(agent, job);
        Assert.True(job.Conclusion == Conclusion.Succeeded, string.Join('\n', lines));
        Assert.Contains("##[error]The action's container was killed, because it used more memory than the job's pod may or its node has", lines);
        Assert.Contains("still here", lines);
    }

    [Fact(Timeout = Limit)]
    public async Task Cluster_that_is_too_old_is_told_with_its_version()
    {
        await using var agent = await StartAsync(options => options.Kubeconfig = cluster.Kubeconfig);

        var job = await RunAsync(agent, $"- uses: docker://{Image}");

        Assert.Contains(
            "##[error]The cluster's version is v1.20.2; container actions need Kubernetes 1.25. Use an action of another kind, or run the job on the backend docker",
            await LinesAsync(agent, job));
    }

    private async Task<AgentOnHost> StartAsync(Action<KubernetesOptions>? configure = null)
    {
        var later = await cluster.LaterAsync();
        return await AgentOn.ClusterAsync(
            cluster,
            options =>
            {
                _kubernetes = options.Kubernetes ??= new KubernetesOptions();
                _kubernetes.Kubeconfig = later.Kubeconfig;
                _kubernetes.DefaultImage = Image;
                options.Agent.DrainTimeout = TimeSpan.Zero;
                configure?.Invoke(_kubernetes);
            },
            Token,
            _namespace);
    }

    private static Task StartNextAsync(AgentOnHost agent, KubernetesOptions kubernetes) => agent.StartAgentAsync(Token, options =>
    {
        options.Backend = BackendKind.Kubernetes;
        options.Github.AllowInsecureHttp = true;
        options.Kubernetes = kubernetes;
    });

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

    private static Task<JobInfo> StepRunsAsync(AgentOnHost agent, RunInfo run, string name) => agent.Emulator.WaitForJobAsync(
        run.Job("one").Id, job => job.Steps.Any(step => step.Name == name && step.Status == StepStatus.InProgress), Token);

    // Until the container of an action runs; gives the pod.
    private async Task<string> RunsAsync()
    {
        await foreach (var (_, pod) in Core.WatchListNamespacedPodAsync(_namespace, cancellationToken: Token))
        {
            if (pod.Status?.EphemeralContainerStatuses?.Any(status => status.State?.Running is not null) == true)
            {
                return pod.Metadata.Name;
            }
        }

        throw new InvalidOperationException("The watch ended");
    }

    // Some steps wait for this file.
    private Task<int> LetGoAsync(string pod) => cluster.Connection.Client.NamespacedPodExecAsync(
        pod, _namespace, "job", ["touch", "/github/workspace/go"], tty: false, (_, _, _) => Task.CompletedTask, Token);

    private async Task EmptyAsync()
    {
        await cluster.PodsGoneAsync(_namespace, ClusterFixture.JobObjects, Token);
        Assert.Empty((await Core.ListNamespacedSecretAsync(_namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token)).Items);
    }
}
