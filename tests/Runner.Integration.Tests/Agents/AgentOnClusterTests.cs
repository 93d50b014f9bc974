using k8s;
using k8s.Models;
using Runner.Agent.Configuration;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;

namespace Runner.Integration.Tests.Agents;

/// <summary>Workflows from queue to result: emulator, agent, a pod per job on a real cluster, and the real worker in it.</summary>
public sealed class AgentOnClusterTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 120_000;

    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _namespace = await cluster.NewNamespaceAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Limit)]
    public async Task Jobs_run_in_pods_with_outputs_and_whole_logs()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              first:
                runs-on: [self-hosted, linux]
                outputs:
                  answer: ${{ steps.think.outputs.answer }}
                steps:
                  - name: Count
                    run: seq 1 2000
                  - id: think
                    run: echo "answer=42" >> "$GITHUB_OUTPUT"
              second:
                needs: first
                runs-on: [self-hosted, linux]
                steps:
                  - run: test "${{ needs.first.outputs.answer }} $GITHUB_WORKSPACE $HOME" = "42 /github/workspace /home/runner"
            """);

        var first = run.Job("first");
        Assert.Equal((Conclusion.Succeeded, Conclusion.Succeeded), (first.Conclusion, run.Job("second").Conclusion));
        var log = await test.Emulator.ReadStepLogAsync(first.Id, first.Step("Count").Id, Token) ?? string.Empty;
        Assert.Equal(2000, log.Split('\n').Count(line => int.TryParse(line.Split(' ')[^1], out _) && line.Split(' ').Length == 2));
        await EmptyAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task What_was_logged_last_stays_where_the_kernel_kills_the_worker_too()
    {
        await using var test = await StartAsync(kubernetes => kubernetes.DefaultResources.Limits["memory"] = "96Mi");

        // The kernel takes the largest: of many small processes and the worker, that is the worker. (Newer kubelets have it take all of a container at once.)
        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - run: |
                      echo the last line
                      sleep 1
                      for i in $(seq 16); do tail /dev/zero & done
                      wait
            """);

        var job = run.Job("one");
        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains("memory limit of 96Mi", Assert.Single(job.Annotations).Message, StringComparison.Ordinal);
        var log = await test.Emulator.ReadLogAsync(job.Id, Token) ?? string.Empty;
        Assert.Equal(2, log.Split("the last line\n").Length - 1); // in the script that the log shows, and printed
        Assert.EndsWith($"##[error]{job.Annotations[0].Message}\n", log, StringComparison.Ordinal);
        Assert.Contains(" the last line\n", await test.Emulator.ReadStepLogAsync(job.Id, job.Step("Complete job").Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_is_printed_by_the_pod_where_that_is_asked_for_and_masked_there_too()
    {
        await using var test = await StartAsync(kubernetes =>
        {
            kubernetes.MirrorLogs = true;
            kubernetes.CleanupPolicy.SuccessfulJobsHistoryLimit = 1;
        });

        var run = await RunAsync(
            test,
            """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - run: |
                      seq 3000 3999
                      echo "${{ secrets.word }} is not to be read"
            """,
            ("word", "s3same"));

        Assert.Equal(Conclusion.Succeeded, run.Job("one").Conclusion);
        var pod = await EndedPodAsync(); // the kubelet says so a little after the worker
        await using var log = await cluster.Connection.Client.CoreV1.ReadNamespacedPodLogAsync(pod, _namespace, container: "job", cancellationToken: Token);
        using var reader = new StreamReader(log);
        var lines = (await reader.ReadToEndAsync(Token)).Split('\n');
        Assert.Equal(Enumerable.Range(3000, 1000), lines.Where(line => line is ['3', _, _, _]).Select(int.Parse));
        Assert.Contains("*** is not to be read", lines);
        Assert.DoesNotContain(lines, line => line.Contains("s3same", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Service_sees_the_part_of_the_workspace_that_it_asks_for()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, $$$"""
            jobs:
              one:
                runs-on: self-hosted
                services:
                  web:
                    image: {{{cluster.JobImage}}}
                    entrypoint: httpd
                    command: -f -p 8321 -h /srv
                    volumes: ["${{ github.workspace }}/site:/srv:ro"]
                steps:
                  - run: |
                      ls -d "$GITHUB_WORKSPACE/site"
                      echo the page of the job >site/page
                      for i in $(seq 100); do wget -qO- http://web:8321/page && exit; sleep 0.1; done; exit 1
            """);

        Assert.Equal(Conclusion.Succeeded, run.Job("one").Conclusion);
        Assert.Contains(" the page of the job\n", await test.Emulator.ReadLogAsync(run.Job("one").Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_secret_can_be_read_by_a_step_that_is_root()
    {
        await using var test = await StartAsync();

        // The pattern is put together in the shell, so that the script itself does not hold it.
        var run = await RunAsync(
            test,
            """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Search
                    run: |
                      pattern=$(printf 's3cr%s' 3t-of-the-job)
                      test "$(id -u)" = 0
                      found=$(find / -path /proc -prune -o -path /sys -prune -o -type f -exec grep -l "$pattern" {} + 2>/dev/null || true)
                      for file in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do
                        if grep -q "$pattern" "$file" 2>/dev/null; then found="$found $file"; fi
                      done
                      for path in /var/run/secrets /var/run/runner-payload /runner/payload/payload.json /runner/payload/job/payload.json; do
                        if [ -e "$path" ]; then found="$found $path"; fi
                      done
                      if (: </proc/1/mem) 2>/dev/null; then found="$found memory"; fi
                      echo "found:$found"
                      test -z "$found"
            """,
            ("KEY", "s3cr3t-of-the-job"));

        var job = run.Job("one");
        Assert.True(job.Conclusion == Conclusion.Succeeded, await test.Emulator.ReadLogAsync(job.Id, Token));
    }

    [Theory(Timeout = Limit)]
    [InlineData(null, 1001, null)] // set-up as the image has it: root
    [InlineData(1654L, 1001, null)]
    [InlineData(1654L, 1001, 1654L)]
    [InlineData(1001L, 0, null)]
    public async Task Job_of_any_user_runs_after_a_set_up_of_any_user_and_gets_no_rights_beyond_the_level(long? setUp, int job, long? group)
    {
        await using var test = await StartAsync(
            options => options.Security.PodSecurityContext = new V1PodSecurityContext { RunAsUser = setUp, FsGroup = group });

        var run = await RunAsync(test, $$$"""
            jobs:
              one:
                runs-on: self-hosted
                container: {image: "{{{cluster.JobImage}}}", options: "--user {{{job}}} --privileged --cap-add SYS_ADMIN"}
                steps:
                  - id: try
                    shell: sh -e {0}
                    run: |
                      test "$(id -u)" = {{{job}}}
                      for folder in "$GITHUB_WORKSPACE" "$RUNNER_TEMP" "$HOME" "$RUNNER_TOOL_CACHE" /runner; do touch "$folder/made"; done
                      echo a=b >> "$GITHUB_OUTPUT"
                      capabilities=$(awk '/^CapBnd/ {print $2}' /proc/self/status)
                      test $(( 0x$capabilities >> 21 & 1 )) = 0 # CAP_SYS_ADMIN
                  - shell: sh -e {0}
                    run: test "${{ steps.try.outputs.a }}" = b
            """);

        var one = run.Job("one");
        var log = await test.Emulator.ReadLogAsync(one.Id, Token);
        Assert.True(one.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains("container.options: privileged is taken away: pods here keep to the Pod Security Standard 'baseline'", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_reaches_the_worker_in_its_pod()
    {
        await using var test = await StartAsync();
        var run = Queue(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Long
                    run: exec sleep 600
                  - name: Clean up
                    if: cancelled()
                    run: echo cleaned
            """);
        await StepRunsAsync(test, run, "Long");

        test.Emulator.CancelRun(run.Id);
        var ended = await test.WaitForRunAsync(run.Id, Token);

        var job = ended.Job("one");
        Assert.True(job.Step("Long").Conclusion == Conclusion.Canceled, string.Join("\n", test.Logs) + await test.Emulator.ReadLogAsync(job.Id, Token));
        Assert.Equal((Conclusion.Canceled, Conclusion.Canceled), (job.Conclusion, job.Step("Long").Conclusion));
        Assert.Equal(Conclusion.Succeeded, job.Step("Clean up").Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Step_that_the_kernel_kills_for_its_memory_fails_with_137_and_the_job_goes_on()
    {
        await using var test = await StartAsync(options => options.DefaultResources.Limits["memory"] = "96Mi");

        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Eat
                    run: tail /dev/zero
                  - name: After
                    if: always()
                    run: echo still here
            """);

        var job = run.Job("one");
        Assert.Equal((Conclusion.Failed, Conclusion.Failed, Conclusion.Succeeded), (job.Conclusion, job.Step("Eat").Conclusion, job.Step("After").Conclusion));
        Assert.Contains("137", await test.Emulator.ReadLogAsync(job.Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_runs_on_without_its_agent_and_the_next_one_cleans_up()
    {
        await using var test = await StartAsync();
        var run = Queue(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Wait
                    run: while [ ! -e /runner/temp/go ]; do sleep 0.1; done
            """);
        await StepRunsAsync(test, run, "Wait");

        await test.StopAgentAsync();
        var pods = await cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(_namespace, cancellationToken: Token);
        var pod = Assert.Single(pods.Items).Metadata.Name;
        await cluster.Connection.Client.NamespacedPodExecAsync(pod, _namespace, "job", ["touch", "/runner/temp/go"], tty: false, (_, _, _) => Task.CompletedTask, Token);
        var ended = await test.WaitForRunAsync(run.Id, Token);
        Assert.Equal(Conclusion.Succeeded, ended.Conclusion); // by the worker alone: there is no agent
        await test.StartAgentAsync(Token, UseCluster(await ImageAsync(), _ => { }));

        await EmptyAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Moments_of_a_job_are_in_its_log_and_on_the_agents_line()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - run: echo hello
            """);
        await EmptyAsync();
        await test.StopAgentAsync();

        var line = Assert.Single(test.Logs, line => line.Contains("Information 1204", StringComparison.Ordinal));
        Assert.Matches(@"seen=20\S+Z created=20\S+Z scheduled=20\S+Z containersStarted=20\S+Z firstStep=20\S+Z", line);
        Assert.Contains("First step", await test.Emulator.ReadLogAsync(run.Job("one").Id, Token), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> EndedPodAsync()
    {
        await foreach (var (_, pod) in cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(_namespace, cancellationToken: Token))
        {
            if (pod.Status?.Phase == "Succeeded")
            {
                return pod.Metadata.Name;
            }
        }

        throw new InvalidOperationException("The watch ended");
    }

    private async Task<AgentOnHost> StartAsync(Action<KubernetesOptions>? configure = null) => await AgentOnHost.StartAsync(
        _ => "/no/worker/on/the/host",
        Token,
        UseCluster(await ImageAsync(), configure ?? (_ => { })),
        new EmulatorOptions { ShareRunnerKey = true, ListenAddress = cluster.HostAddress });

    private Task<string> ImageAsync() => cluster.RealWorkerImageAsync(TestWorker.Real());

    private Action<AgentOptions> UseCluster(string runnerImage, Action<KubernetesOptions> configure) => options =>
    {
        options.Backend = BackendKind.Kubernetes;
        options.Github.AllowInsecureHttp = true;
        options.Kubernetes = new KubernetesOptions
        {
            Kubeconfig = cluster.Kubeconfig,
            Namespace = _namespace,
            RunnerImage = runnerImage,
            DefaultImage = cluster.JobImage,
        };
        options.Agent.DrainTimeout = TimeSpan.Zero;
        configure(options.Kubernetes);
    };

    private static RunInfo Queue(AgentOnHost test, string jobs, params (string Name, string Value)[] secrets) => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\ndefaults: {{run: {{shell: sh}}}}\n{jobs}\n",
        Secrets = secrets.ToDictionary(secret => secret.Name, secret => secret.Value),
    });

    private static Task<RunInfo> RunAsync(AgentOnHost test, string jobs, params (string Name, string Value)[] secrets) =>
        test.WaitForRunAsync(Queue(test, jobs, secrets).Id, Token);

    private static Task<JobInfo> StepRunsAsync(AgentOnHost test, RunInfo run, string name) => test.Emulator.WaitForJobAsync(
        run.Job("one").Id, job => job.Steps.Any(step => step.Name == name && step.Status == StepStatus.InProgress), Token);

    // Until every pod and every Secret of a job is gone.
    private async Task EmptyAsync()
    {
        await cluster.PodsGoneAsync(_namespace, ClusterFixture.JobObjects, Token);
        Assert.Empty((await cluster.Connection.Client.CoreV1.ListNamespacedSecretAsync(_namespace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token)).Items);
    }
}
