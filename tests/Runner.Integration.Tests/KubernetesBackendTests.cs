using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Runner.Backends;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Cleanup;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing;
using Runner.Testing.Network;

namespace Runner.Integration.Tests;

/// <summary>The Kubernetes backend on a real cluster. A shell script stands in for the worker, so that each test says what the job does.</summary>
public sealed class KubernetesBackendTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 120_000;

    // A job that runs until its signal comes; the loop is busybox's way to wait for one.
    private const string UntilCancelled = "trap 'conclude canceled' USR2 TERM\nwhile :; do sleep 1 & wait; done";

    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _namespace = await cluster.NewNamespaceAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Limit)]
    public async Task Pod_runs_its_outcome_is_read_and_nothing_stays()
    {
        await using var agent = Agent();

        var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded hello"), Token);
        var started = await handle.Started.WaitAsync(Token);
        var end = await handle.Ended.WaitAsync(Token);
        await handle.DisposeAsync();

        Assert.Equal((Conclusion.Succeeded, "hello"), (end.Outcome?.Conclusion, end.Outcome?.Reason));
        Assert.Equal((FailureReason.None, true), (end.Failure, end.WorkerStarted));
        Assert.NotNull(started.ContainersStarted);
        Assert.NotNull(end.Times.PodCreated);
        Assert.NotNull(end.Times.Scheduled);
        Assert.Null(await FindPodAsync(handle.Location));
        Assert.Null(await FindSecretAsync(handle.Location));
    }

    [Fact(Timeout = Limit)]
    public async Task Secret_is_gone_from_the_pod_before_the_first_step()
    {
        // As root: every file outside /proc and /sys, and every process's environment and command line.
        const string search = """
            pattern=$(printf 's3cr%s' 3t-of-the-job)
            found=$(find / -xdev -type f -exec grep -l "$pattern" {} + 2>/dev/null; find /runner /github /opt /home /tmp /dev/shm /var -type f -exec grep -l "$pattern" {} + 2>/dev/null)
            for file in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do grep -l "$pattern" "$file" 2>/dev/null && found="$found $file"; done
            [ -e /var/run/secrets ] && found="$found service-account"
            [ -e /var/run/runner-payload ] && found="$found secret-volume"
            conclude succeeded "found:$(echo $found)"
            """;
        await using var agent = Agent();
        var launch = Launch(search);
        launch = launch with
        {
            Job = launch.Job with
            {
                Variables = new Dictionary<string, VariableValue>(launch.Job.Variables) { ["TOKEN"] = new() { Value = "s3cr3t-of-the-job", IsSecret = true } },
            },
        };

        await using var handle = await agent.Backend.LaunchAsync(launch, Token);
        var end = await handle.Ended.WaitAsync(Token);
        var pod = KubernetesYaml.Serialize(await FindPodAsync(handle.Location));
        var events = KubernetesYaml.Serialize((await cluster.Connection.Client.CoreV1.ListNamespacedEventAsync(_namespace, cancellationToken: Token)).Items);

        Assert.Equal("found:", end.Outcome?.Reason);
        Assert.DoesNotContain("s3cr3t", pod, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", events, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task User_other_than_root_can_work_in_every_folder()
    {
        const string script = """
            for folder in /github/workspace /runner /runner/temp /home/runner /opt/hostedtoolcache; do echo x >"$folder/probe" || conclude failed "$folder"; done
            conclude succeeded "uid $(id -u)"
            """;
        var options = Options();
        options.Security.PodSecurityContext = new V1PodSecurityContext { RunAsUser = 1001, RunAsNonRoot = true };
        options.Security.PodSecurityStandard = "restricted";
        await using var agent = Agent(options);

        await using var handle = await agent.Backend.LaunchAsync(Launch(script), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal("uid 1001", end.Outcome?.Reason ?? end.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_somebody_deletes_ends_the_job_as_deleted()
    {
        await using var agent = Agent();
        await using var handle = await agent.Backend.LaunchAsync(Launch("trap '' USR2 TERM; while :; do sleep 1; done"), Token);
        await handle.Started.WaitAsync(Token);

        await cluster.Connection.Client.CoreV1.DeleteNamespacedPodAsync(handle.Location, _namespace, gracePeriodSeconds: 1, cancellationToken: Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((FailureReason.Deleted, true), (end.Failure, end.WorkerStarted));
        Assert.Equal($"Somebody deleted the job's pod '{handle.Location}' in namespace '{_namespace}'", end.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_that_the_kernel_kills_for_its_memory_ends_the_job_with_the_limit()
    {
        await using var agent = Agent();

        await using var handle = await agent.Backend.LaunchAsync(Launch("exec tail /dev/zero", "memory=32Mi"), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal(FailureReason.OutOfMemory, end.Failure);
        Assert.Equal("The job's container was killed because it used more than its memory limit of 32Mi; ask for more, with a label such as memory=64Mi", end.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("exec tail /dev/zero", FailureReason.OutOfMemory)]
    [InlineData("kill -9 $$; sleep 9", FailureReason.WorkerDied)]
    [InlineData("exit 0", FailureReason.WorkerDied)]
    public async Task Termination_log_that_a_step_wrote_ends_no_job_well(string end, FailureReason reason)
    {
        await using var agent = Agent();
        var planted = """printf '{"conclusion":"succeeded","isReported":true,"proof":"0000"}' >/dev/termination-log; """;

        await using var handle = await agent.Backend.LaunchAsync(Launch(planted + end, "memory=32Mi"), Token);
        var ended = await handle.Ended.WaitAsync(Token);

        Assert.Equal((null, reason), (ended.Outcome, ended.Failure));
    }

    [Fact(Timeout = Limit)]
    public async Task Step_that_the_kernel_kills_for_its_memory_is_the_workers_to_tell()
    {
        await using var agent = Agent();

        await using var handle = await agent.Backend.LaunchAsync(Launch("tail /dev/zero; conclude failed \"exit code $?\"", "memory=32Mi"), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((Conclusion.Failed, "exit code 137"), (end.Outcome?.Conclusion, end.Outcome?.Reason));
        Assert.Equal(FailureReason.None, end.Failure);
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_that_dies_ends_the_job_with_its_last_words()
    {
        await using var agent = Agent();

        await using var handle = await agent.Backend.LaunchAsync(Launch("echo 'Unhandled exception: the sky fell' >&2; exit 70"), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal(FailureReason.WorkerDied, end.Failure);
        Assert.Equal(
            "The worker's process ended with exit code 70 before the job was concluded. The last it printed:\nUnhandled exception: the sky fell",
            end.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Image_that_cannot_be_pulled_ends_the_job_after_the_grace()
    {
        var options = Options();
        options.Platforms["missing"] = new PlatformOptions { Image = "registry.invalid/no/such:1" };
        options.Start.ImagePullGrace = TimeSpan.FromSeconds(2);
        await using var agent = Agent(options);

        await using var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded", "missing"), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((FailureReason.ImagePull, false), (end.Failure, end.WorkerStarted));
        Assert.StartsWith("The job's image, 'registry.invalid/no/such:1', could not be pulled from registry.invalid (", end.Message, StringComparison.Ordinal);
        Assert.True(handle.Started.IsCanceled);
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_that_no_node_takes_ends_the_job_after_the_deadline()
    {
        var options = Options();
        options.Start.SchedulingDeadline = TimeSpan.FromSeconds(3);
        await using var agent = Agent(options);

        await using var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded", "no-such-node"), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((FailureReason.Unschedulable, false), (end.Failure, end.WorkerStarted));
        Assert.Matches("^No node took the job's pod within 3 s: 0/[0-9]+ nodes are available: .* The job asks for: node no-such-node=true\\.$", end.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Pod_over_the_quota_is_refused_with_the_clusters_words()
    {
        var quota = new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Name = "nothing" },
            Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new("0") } },
        };
        await cluster.Connection.Client.CoreV1.CreateNamespacedResourceQuotaAsync(quota, _namespace, cancellationToken: Token);
        await QuotaInForceAsync();
        await using var agent = Agent();

        await using var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded"), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((FailureReason.Rejected, false), (end.Failure, end.WorkerStarted));
        Assert.Contains("exceeded quota: nothing", end.Message, StringComparison.Ordinal);
        Assert.Null(await FindSecretAsync(handle.Location));
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_asks_the_worker()
    {
        await using var agent = Agent();
        await using var handle = await agent.Backend.LaunchAsync(Launch(UntilCancelled), Token);
        await handle.Started.WaitAsync(Token);

        await handle.CancelAsync(Grace, Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((Conclusion.Canceled, FailureReason.None), (end.Outcome?.Conclusion, end.Failure));
    }

    public static TheoryData<string> Moments => ["created", "scheduled", "setting up", "set up", "running"];

    [Theory(Timeout = Limit), MemberData(nameof(Moments))]
    public async Task Cancel_ends_the_job_at_whatever_moment_it_comes(string moment)
    {
        await using var agent = Agent();
        await using var handle = await agent.Backend.LaunchAsync(Launch(UntilCancelled), Token);
        await ReachedAsync(handle.Location, moment);

        await handle.CancelAsync(TimeSpan.FromMinutes(5), Token);

        // Mostly a second or two; a kubelet of 1.20 may take 100 s to tell of a worker that it started while the deletion came.
        var end = await handle.Ended.WaitAsync(Token);
        Assert.True(end.Outcome?.Conclusion == Conclusion.Canceled || (!end.WorkerStarted && end.Failure == FailureReason.Deleted), end.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_of_a_pod_that_is_deleted_has_the_grace_to_end_its_job()
    {
        await using var agent = Agent();
        await using var handle = await agent.Backend.LaunchAsync(Launch("trap 'conclude failed \"taken away\"' TERM; touch /runner/ready\nwhile :; do sleep 1 & wait; done"), Token);
        await handle.Started.WaitAsync(Token);
        await HasFileAsync(handle.Location, "/runner/ready"); // without a trap the first process of a container gets no signal at all

        var watching = LastOfAsync(handle.Location);
        await cluster.Connection.Client.CoreV1.DeleteNamespacedPodAsync(handle.Location, _namespace, cancellationToken: Token);
        var end = await handle.Ended.WaitAsync(Token);

        var last = (await watching).Status.ContainerStatuses.Single(container => container.Name == "job");
        var told = $"{end}; the kubelet's last word: {KubernetesYaml.Serialize(last)}";
        if (last.State.Terminated is null)
        {
            // A kubelet of 1.20 may lose the container before it has read how it ended; then nobody here can know the outcome.
            Assert.True(end is { Outcome: null, Failure: FailureReason.Deleted, WorkerStarted: true }, told);
            return;
        }

        Assert.Equal((Conclusion.Failed, "taken away"), (end.Outcome?.Conclusion, end.Outcome?.Reason ?? told));
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_that_does_not_heed_the_cancel_is_killed_after_the_grace()
    {
        await using var agent = Agent();
        await using var handle = await agent.Backend.LaunchAsync(Launch("trap '' USR2 TERM; while :; do sleep 1; done"), Token);
        await handle.Started.WaitAsync(Token);

        await handle.CancelAsync(TimeSpan.FromSeconds(2), Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Null(end.Outcome);
        Assert.Equal("The worker did not end within 2 s after the job was cancelled and was killed", end.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_of_a_pod_that_waits_deletes_it_at_once()
    {
        await using var agent = Agent();
        await using var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded", "no-such-node"), Token);

        await handle.CancelAsync(Grace, Token);
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal((FailureReason.Deleted, false), (end.Failure, end.WorkerStarted));
        Assert.Equal("The job was cancelled before its worker started", end.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_of_an_earlier_life_is_adopted_with_all_that_is_known_of_it()
    {
        var launch = Launch(UntilCancelled) with { Pool = "pool-a", Attempt = 3 };
        await using var first = Agent();
        var lost = await first.Backend.LaunchAsync(launch, Token);
        await lost.Started.WaitAsync(Token);
        await using var other = Agent(name: "another-agent");
        Assert.Empty(await other.Backend.AdoptAsync(Token)); // its agent lives

        await using var second = Agent();
        await using var adopted = await AdoptAsync(second);
        await adopted.CancelAsync(Grace, Token);
        var end = await adopted.Ended.WaitAsync(Token);

        Assert.Equal((launch.JobId, "pool-a", 3), (adopted.JobId, adopted.Launch.Pool, adopted.Launch.Attempt));
        Assert.Equal(launch.Job.Variables.Keys, adopted.Launch.Job.Variables.Keys);
        Assert.Equal(Conclusion.Canceled, end.Outcome?.Conclusion);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost.Ended); // it saw that it is not the owner any more
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_ended_while_no_agent_lived_is_adopted_with_its_outcome()
    {
        await using (var first = Agent(name: "agent-a"))
        {
            var lost = await first.Backend.LaunchAsync(Launch("conclude succeeded meanwhile"), Token);
            lost.Release();
        }

        await using var second = Agent(name: "agent-b"); // the first took its Lease with it
        await using var adopted = await AdoptAsync(second);
        var end = await adopted.Ended.WaitAsync(Token);

        Assert.Equal("meanwhile", end.Outcome?.Reason);
    }

    [Fact(Timeout = Limit)]
    public async Task Launch_that_its_agent_did_not_finish_is_finished_by_another()
    {
        await using var agent = Agent();
        var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded after-all"), Token);
        var secret = await FindSecretAsync(handle.Location) ?? throw new InvalidOperationException("The Secret stands while the job is there");
        await handle.Ended.WaitAsync(Token);
        await handle.DisposeAsync();
        secret.Metadata.Labels["act.nektos.com/launching"] = "true";
        secret.Metadata = new V1ObjectMeta
        {
            Name = secret.Metadata.Name,
            Labels = secret.Metadata.Labels,
            Annotations = new Dictionary<string, string>(secret.Metadata.Annotations) { ["act.nektos.com/agent"] = "agent-that/died" },
        };
        await cluster.Connection.Client.CoreV1.CreateNamespacedSecretAsync(secret, _namespace, cancellationToken: Token);

        var found = Assert.Single(await agent.Backend.FindUnlaunchedAsync(Token));
        Assert.Empty(await agent.Backend.FindUnlaunchedAsync(Token)); // it is this agent's now
        await using var adopted = await agent.Backend.LaunchAsync(found, Token);
        var end = await adopted.Ended.WaitAsync(Token);
        var finished = await FindSecretAsync(handle.Location);

        Assert.Equal("after-all", end.Outcome?.Reason);
        Assert.Equal(adopted.Location, Assert.Single(finished?.Metadata.OwnerReferences ?? []).Name);
        Assert.DoesNotContain("act.nektos.com/launching", finished?.Metadata.Labels.Keys ?? []);
    }

    [Fact(Timeout = Limit)]
    public async Task Launching_twice_makes_one_pod()
    {
        var launch = Launch(UntilCancelled);
        await using var agent = Agent();

        await using var first = await agent.Backend.LaunchAsync(launch, Token);
        var second = await agent.Backend.LaunchAsync(launch, Token);
        var pods = await cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(_namespace, cancellationToken: Token);

        Assert.Same(first, second);
        Assert.Single(pods.Items);
    }

    [Fact(Timeout = Limit)]
    public async Task End_of_a_job_is_seen_after_the_API_server_was_out_of_reach()
    {
        var server = new Uri(cluster.Connection.Server);
        await using var proxy = CuttableProxy.Start(IPAddress.Loopback, new IPEndPoint(IPAddress.Parse(server.Host), server.Port));
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig);
        configuration.Host = $"https://127.0.0.1:{proxy.Port}";
        await using var agent = new TestAgent(new ClusterConnection(new k8s.Kubernetes(configuration), _namespace, configuration.Host), Options());
        await using var handle = await agent.Backend.LaunchAsync(Launch("while [ ! -e /runner/go ]; do sleep 0.2; done; conclude succeeded late"), Token);
        await handle.Started.WaitAsync(Token);

        proxy.Cut();
        await ExecAsync(handle.Location, "touch", "/runner/go");
        await EndedOnTheClusterAsync(handle.Location);
        Assert.False(handle.Ended.IsCompleted);
        proxy.Restore();
        var end = await handle.Ended.WaitAsync(Token);

        Assert.Equal("late", end.Outcome?.Reason);
    }

    [Fact(Timeout = Limit)]
    public async Task Template_of_the_operators_gives_volumes_and_containers_beside_the_job_and_goes_with_it()
    {
        var template = KubernetesYaml.Deserialize<V1PodTemplateSpec>($$$"""
            metadata: {labels: {team: build}}
            spec:
              volumes: [{name: settings, emptyDir: {}}]
              initContainers:
              - {name: prepare, image: "{{{cluster.JobImage}}}", command: [sh, -c, "echo from-the-template >/out/word"], volumeMounts: [{name: settings, mountPath: /out}]}
              containers:
              - {name: beside, image: "{{{cluster.JobImage}}}", command: [sleep, "600"]}
              - {name: job, env: [{name: TEAM, value: build}], volumeMounts: [{name: settings, mountPath: /etc/job, readOnly: true}]}
            """);
        var options = Options() with { PodTemplate = template, CleanupPolicy = new CleanupOptions { SuccessfulJobsHistoryLimit = 1 } };
        await using var agent = Agent(options);
        await using (var handle = await agent.Backend.LaunchAsync(Launch("conclude succeeded \"$(cat /etc/job/word)-$TEAM\""), Token))
        {
            var end = await handle.Ended.WaitAsync(Token);

            Assert.Equal("from-the-template-build", end.Outcome?.Reason);
            Assert.Equal("build", (await FindPodAsync(handle.Location))?.Metadata.Labels["team"]);
        }

        await cluster.PodsGoneAsync(_namespace, "team=build", Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Pods_of_failed_jobs_can_be_kept_for_a_look()
    {
        var options = Options() with { CleanupPolicy = new CleanupOptions { FailedJobsHistoryLimit = 1 } };
        await using var agent = Agent(options);
        var places = new List<string>();
        foreach (var script in new[] { "conclude failed one", "conclude failed two", "conclude succeeded" })
        {
            await using var handle = await agent.Backend.LaunchAsync(Launch(script), Token);
            await handle.Ended.WaitAsync(Token);
            places.Add(handle.Location);
        }

        Assert.Null(await FindPodAsync(places[0]));
        Assert.NotNull(await FindPodAsync(places[1]));
        Assert.Null(await FindPodAsync(places[2]));
        Assert.Null(await FindSecretAsync(places[1]));
    }

    [Fact(Timeout = Limit)]
    public async Task What_an_agent_that_is_gone_left_is_found_by_how_it_stands_and_removed_with_its_Secrets()
    {
        string over, runs;
        await using (var agent = Agent())
        {
            var (ended, running) = (await agent.Backend.LaunchAsync(Launch("conclude succeeded"), Token), await agent.Backend.LaunchAsync(Launch(UntilCancelled), Token));
            await Task.WhenAll(ended.Ended, running.Started).WaitAsync(Token);
            (over, runs) = (ended.Location, running.Location);
            ended.Release();
            running.Release();
        }

        using var connection = Connect();
        var cleanup = new ClusterCleanup(connection);
        var now = await cleanup.ReadTimeAsync(Token);
        var atOnce = await cleanup.FindAsync(now, Token);
        var found = await cleanup.FindAsync(now + TimeSpan.FromHours(1), Token);

        Assert.Empty(atOnce);
        Assert.Equal([(over, false), (runs, true)], found.Where(left => left.Kind == "Pod").OrderBy(left => left.IsWanted).Select(left => (left.Name, left.IsWanted)));
        Assert.All(await Task.WhenAll(found.Select(left => cleanup.RemoveAsync(left, Token))), Assert.True);
        await cluster.PodsGoneAsync(_namespace, ClusterFixture.JobObjects, Token);
        await Until.TrueAsync(async () => (await FindSecretAsync(over), await FindSecretAsync(runs)) == (null, null), Token); // with their pods
        Assert.Empty(await cleanup.FindAsync(now + TimeSpan.FromHours(1), Token));
    }

    [Fact(Timeout = Limit)]
    public async Task What_an_agent_takes_up_while_it_is_cleaned_up_stays()
    {
        IJobHandle? running;
        await using (var agent = Agent())
        {
            running = await agent.Backend.LaunchAsync(Launch(UntilCancelled), Token);
            await running.Started.WaitAsync(Token);
            running.Release();
        }

        using var connection = Connect();
        var cleanup = new ClusterCleanup(connection);
        var found = await cleanup.FindAsync(await cleanup.ReadTimeAsync(Token) + TimeSpan.FromHours(1), Token);
        await using var next = Agent(name: "next");
        await using var adopted = await AdoptAsync(next);

        Assert.All(await Task.WhenAll(found.Where(left => left.Kind == "Pod").Select(left => cleanup.RemoveAsync(left, Token))), Assert.False);
        Assert.NotNull(await FindPodAsync(running.Location));
    }

    private ClusterConnection Connect() => ClusterConnection.Open(new KubernetesOptions { Kubeconfig = cluster.Kubeconfig, Namespace = _namespace });

    private TestAgent Agent(KubernetesOptions? options = null, string name = "test-agent") =>
        new(Connect(), options ?? Options(), name);

    // An agent that could not take its Lease with it, as the API server was slow, is taken for living until that runs out.
    private static async Task<IJobHandle> AdoptAsync(TestAgent agent)
    {
        while (true)
        {
            if (await agent.Backend.AdoptAsync(Token) is { Count: > 0 } found)
            {
                return Assert.Single(found);
            }
        }
    }

    private KubernetesOptions Options() => new()
    {
        Namespace = _namespace,
        RunnerImage = cluster.StandInImage,
        DefaultImage = cluster.JobImage,
        ImagePullPolicy = "IfNotPresent",
    };

    private static JobLaunch Launch(string script, params string[] labels)
    {
        var job = Some.Job(name: "stand-in job") with
        {
            Variables = new Dictionary<string, VariableValue> { ["STANDIN_SCRIPT"] = new() { Value = Convert.ToBase64String(Encoding.UTF8.GetBytes(script)).Replace('+', '-') } },
        };
        return new JobLaunch { Job = job, Runner = Some.Runner(), Labels = [.. labels], MessageSeen = TimeProvider.System.GetUtcNow() };
    }

    // As it was when it went.
    private async Task<V1Pod> LastOfAsync(string pod)
    {
        await foreach (var (type, state) in cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(_namespace, fieldSelector: $"metadata.name={pod}", cancellationToken: Token))
        {
            if (type is WatchEventType.Deleted)
            {
                return state;
            }
        }

        throw new InvalidOperationException($"the watch ended before the pod {pod} did");
    }

    private async Task HasFileAsync(string pod, string path)
    {
        string[] command = ["test", "-e", path];
        while (await cluster.Connection.Client.NamespacedPodExecAsync(pod, _namespace, "job", command, tty: false, (_, _, _) => Task.CompletedTask, Token) != 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token);
        }
    }

    private async Task QuotaInForceAsync()
    {
        await foreach (var (_, quota) in cluster.Connection.Client.CoreV1.WatchListNamespacedResourceQuotaAsync(_namespace, cancellationToken: Token))
        {
            if (quota.Status?.Hard?.ContainsKey("pods") == true)
            {
                return;
            }
        }
    }

    private async Task ReachedAsync(string pod, string moment)
    {
        await foreach (var (_, state) in cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(_namespace, fieldSelector: $"metadata.name={pod}", cancellationToken: Token))
        {
            var setup = state.Status?.InitContainerStatuses?.FirstOrDefault()?.State;
            var job = state.Status?.ContainerStatuses?.FirstOrDefault()?.State;
            var isReached = moment switch
            {
                "created" => true,
                "scheduled" => state.Spec.NodeName is not null,
                "setting up" => setup?.Running is not null || setup?.Terminated is not null,
                "set up" => setup?.Terminated is not null,
                _ => job?.Running is not null,
            };
            if (isReached)
            {
                return;
            }
        }
    }

    private async Task EndedOnTheClusterAsync(string pod)
    {
        await foreach (var (_, state) in cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(_namespace, fieldSelector: $"metadata.name={pod}", cancellationToken: Token))
        {
            if (state.Status?.Phase is "Succeeded" or "Failed")
            {
                return;
            }
        }
    }

    private async Task ExecAsync(string pod, params string[] command) =>
        Assert.Equal(0, await cluster.Connection.Client.NamespacedPodExecAsync(pod, _namespace, "job", command, tty: false, (_, _, _) => Task.CompletedTask, Token));

    private Task<V1Pod?> FindPodAsync(string name) => OrNullAsync(cluster.Connection.Client.CoreV1.ReadNamespacedPodAsync(name, _namespace, cancellationToken: Token));

    private Task<V1Secret?> FindSecretAsync(string name) => OrNullAsync(cluster.Connection.Client.CoreV1.ReadNamespacedSecretAsync(name, _namespace, cancellationToken: Token));

    private static async Task<T?> OrNullAsync<T>(Task<T> read)
        where T : class
    {
        try
        {
            return await read;
        }
        catch (HttpOperationException exception) when (exception.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
