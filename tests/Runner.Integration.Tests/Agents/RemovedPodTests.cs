using k8s;
using k8s.Models;
using Runner.Agent.Configuration;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;

namespace Runner.Integration.Tests.Agents;

/// <summary>Pods that are taken away under their jobs, from emulator and agent to real kubelet and worker: one truth about each end.</summary>
public sealed class RemovedPodTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 180_000;

    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _namespace = await cluster.NewNamespaceAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Job_whose_pod_is_deleted_or_drained_stops_its_steps_and_fails_with_the_reason(bool byEviction)
    {
        await using var agent = await StartAsync();
        var (run, pod) = await RunningAsync(agent);

        await TakeAwayAsync(pod, byEviction);
        var job = (await agent.WaitForRunAsync(run.Id, Token)).Job("one");

        var log = $"{await agent.Emulator.ReadLogAsync(job.Id, Token)}\n{job.Reason}";
        Assert.Equal((Conclusion.Failed, Conclusion.Canceled, Conclusion.Succeeded), (job.Conclusion, job.Step("Work").Conclusion, job.Step("After").Conclusion));
        Assert.Matches($"##\\[error\\](Somebody deleted the job's pod '{pod}' in namespace '{_namespace}'|The job's pod was evicted from node )", log);
        Assert.DoesNotContain("nobody said why", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_evicted_is_run_again_where_its_pool_says_so()
    {
        await using var agent = await StartAsync(options => options.Pools[0].Rerun = new RerunOptions { On = [RerunCause.Evicted, RerunCause.Deleted] });
        var (run, pod) = await RunningAsync(agent, "if [ $GITHUB_RUN_ATTEMPT != 1 ]; then exit 0; fi");

        await TakeAwayAsync(pod, byEviction: true);
        await Until.TrueAsync(() => agent.Emulator.FindRun(run.Id) is { Attempt: 2, Conclusion: not null }, Token);

        var job = agent.Emulator.FindRun(run.Id)!.Job("one"); // it was there
        Assert.Equal(Conclusion.Succeeded, job.Conclusion);
        Assert.Matches(
            "This job is run again, as attempt 1 was lost \\((The job's pod was evicted from node |Somebody deleted the job's pod )",
            await agent.Emulator.ReadLogAsync(job.Id, Token));
        await Until.TrueAsync(async () => (await cluster.Connection.Client.CoordinationV1.ListNamespacedLeaseAsync(_namespace, cancellationToken: Token)).Items
            .All(lease => !lease.Metadata.Name.StartsWith("runner-note-", StringComparison.Ordinal)), Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_was_cancelled_stays_cancelled_though_its_pod_is_deleted_while_it_ends()
    {
        await using var agent = await StartAsync();
        var (run, pod) = await RunningAsync(agent);

        agent.Emulator.CancelRun(run.Id);
        await agent.Emulator.WaitForJobAsync(run.Job("one").Id, job => job.Steps.Any(step => step.Name == "After" && step.Status == StepStatus.InProgress), Token);
        await TakeAwayAsync(pod, byEviction: false);
        var job = (await agent.WaitForRunAsync(run.Id, Token)).Job("one");

        Assert.Equal(Conclusion.Canceled, job.Conclusion);
    }

    private async Task<(RunInfo Run, string Pod)> RunningAsync(AgentOnHost agent, string before = ":")
    {
        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $$$"""
                on: push
                defaults: {run: {shell: sh}}
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - {name: Work, run: "{{{before}}}; echo begun; while :; do sleep 0.1; done"}
                      - {name: After, if: always(), run: "sleep 6; echo cleaned up"}
                """,
        });
        await agent.Emulator.WaitForJobAsync(run.Job("one").Id, job => job.Steps.Any(step => step.Name == "Work" && step.Status == StepStatus.InProgress), Token);
        var pods = await cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(_namespace, cancellationToken: Token);
        return (run, Assert.Single(pods.Items).Metadata.Name);
    }

    private Task TakeAwayAsync(string pod, bool byEviction)
    {
        var core = cluster.Connection.Client.CoreV1;
        return byEviction
            ? core.CreateNamespacedPodEvictionAsync(new V1Eviction { Metadata = new V1ObjectMeta { Name = pod, NamespaceProperty = _namespace } }, pod, _namespace, cancellationToken: Token)
            : core.DeleteNamespacedPodAsync(pod, _namespace, cancellationToken: Token);
    }

    private Task<AgentOnHost> StartAsync(Action<AgentOptions>? configure = null) => AgentOn.ClusterAsync(
        cluster,
        options =>
        {
            options.Kubernetes ??= new KubernetesOptions();
            options.Kubernetes.DefaultImage = "local/busybox:1";
            options.Agent.DrainTimeout = TimeSpan.Zero;
            configure?.Invoke(options);
        },
        Token,
        _namespace);
}
