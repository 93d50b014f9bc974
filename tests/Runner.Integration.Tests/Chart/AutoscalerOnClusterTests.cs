using System.Globalization;
using System.Text.Json;
using k8s;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>
/// The cluster's own autoscaler on the external metrics that the agents serve: more agents for a long queue, fewer when it is short again, and no job
/// that notices.
/// </summary>
public sealed class AutoscalerOnClusterTests(ClusterFixture cluster)
{
    private const int Jobs = 40;
    private const int Held = 6;
    private const int MaxJobs = 10;

    // How agents mark the pods that they look after, as name/instance.
    private const string Owner = "act.nektos.com/agent";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task Agents_become_more_for_forty_queued_jobs_and_fewer_again_without_a_job_being_touched()
    {
        BuiltImage.Read();
        await using var release = await ChartRelease.PrepareAsync(cluster, Token);
        await release.ApplyAsync(
            "install",
            $"pools[0].maxJobs={MaxJobs},autoscaling.enabled=true,autoscaling.minReplicas=1,autoscaling.maxReplicas=4,externalMetrics.enabled=true,"
            + "autoscaling.behavior.scaleDown.stabilizationWindowSeconds=5,config.monitoring.queue.interval=2s,config.monitoring.queue.callsPerHour=15000,"
            + "resources.requests.cpu=10m,kubernetes.defaultResources.requests.cpu=1m,kubernetes.defaultResources.requests.memory=8Mi",
            Token);
        await RefusesStrangersAsync(release);

        // None ends before there are as many agents as the jobs need, however fast one agent is.
        await using var marks = await MarkServer.StartAsync(cluster.HostAddress, Token);
        var run = release.Queue(
            Jobs, $"echo begun; if [ ${{{{ matrix.n }}}} -le {Held} ]; then while [ ! -e $RUNNER_TEMP/go ]; do sleep 0.5; done; else {marks.Wait}; fi; echo ended");
        await ReplicasAsync(release, replicas => replicas == Jobs / MaxJobs);

        // All but those that wait for a file end; the autoscaler takes three of the four agents away, under them. One agent is enough for as many
        // as it may have, so that a few of the others may still run then.
        marks.Open();
        await ReplicasAsync(release, replicas => replicas == 1);
        await Until.TrueAsync(async () => await WantedAsync(release) == Held, Token);
        await Until.TrueAsync(async () => (await RunningAsync(release)).Count == Held, Token);
        var running = await RunningAsync(release);
        await LookedAfterAsync(release);
        Assert.Equal(running, await RunningAsync(release));
        foreach (var (name, _) in running)
        {
            await cluster.Connection.Client.NamespacedPodExecAsync(
                name, release.JobSpace, "job", ["touch", "/runner/temp/go"], tty: false, (_, _, _) => Task.CompletedTask, Token);
        }

        var ended = await release.Emulator.WaitForRunAsync(run.Id, Token);
        Assert.Equal(Jobs, ended.Jobs.Length);
        Assert.All(ended.Jobs, job => Assert.Equal((job.Name, Conclusion.Succeeded), (job.Name, job.Conclusion)));
        foreach (var job in ended.Jobs)
        {
            var log = await release.Emulator.ReadLogAsync(job.Id, Token) ?? string.Empty;
            Assert.Single(log.Split('\n'), line => line.EndsWith("Z begun", StringComparison.Ordinal));
            Assert.Single(log.Split('\n'), line => line.EndsWith("Z ended", StringComparison.Ordinal));
        }

        await cluster.PodsGoneAsync(release.JobSpace, ClusterFixture.JobObjects, Token);
        await release.UninstallAsync(Token);
    }

    // Straight to an agent, by who is not the API server.
    private async Task RefusesStrangersAsync(ChartRelease release)
    {
        var agent = Assert.Single(await release.PodsAsync(release.Space, ChartRelease.Agents, Token));
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var http = new HttpClient(handler);

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"https://{agent.Status.PodIP}:6443/apis/external.metrics.k8s.io/v1beta1"), Token));
    }

    private async Task ReplicasAsync(ChartRelease release, Func<int?, bool> isAsWanted)
    {
        await foreach (var (_, deployment) in cluster.Connection.Client.AppsV1.WatchListNamespacedDeploymentAsync(release.Space, cancellationToken: Token))
        {
            if (isAsWanted(deployment.Spec.Replicas) && deployment.Status.Replicas == deployment.Spec.Replicas)
            {
                return;
            }
        }
    }

    private async Task<int?> WantedAsync(ChartRelease release)
    {
        var list = (JsonElement)await cluster.Connection.Client.CustomObjects.ListNamespacedCustomObjectAsync(
            "external.metrics.k8s.io", "v1beta1", release.Space, "runner_wanted_jobs", labelSelector: "pool=ci", cancellationToken: Token);
        return list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("value").GetString()).FirstOrDefault() is { } value
            ? int.Parse(value, CultureInfo.InvariantCulture)
            : null;
    }

    private static async Task<List<(string Name, string Uid)>> RunningAsync(ChartRelease release) =>
    [
        .. (await release.PodsAsync(release.JobSpace, ClusterFixture.JobObjects, Token))
            .Where(pod => pod.Status.Phase == "Running")
            .Select(pod => (pod.Metadata.Name, pod.Metadata.Uid)).Order(),
    ];

    // Until the agent that is left has adopted what the others had.
    private async Task LookedAfterAsync(ChartRelease release)
    {
        var agents = (await release.PodsAsync(release.Space, ChartRelease.Agents, Token)).Where(pod => pod.Metadata.DeletionTimestamp is null);
        var left = Assert.Single(agents).Metadata.Name;
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var changes = cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(release.JobSpace, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token);
        await foreach (var (_, pod) in changes)
        {
            if (pod.Status.Phase == "Running")
            {
                owners[pod.Metadata.Name] = pod.Metadata.Annotations[Owner].Split('/')[0];
            }

            if (owners.Count == Held && owners.Values.All(owner => owner == left))
            {
                return;
            }
        }
    }
}
