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

    // Shorter than the test may take, so that it can still say where it stood.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

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
        await using var rest = await MarkServer.StartAsync(cluster.HostAddress, Token);
        await using var held = await MarkServer.StartAsync(cluster.HostAddress, Token);
        var run = release.Queue(Jobs, $"echo begun; if [ ${{{{ matrix.n }}}} -le {Held} ]; then {held.Wait}; else {rest.Wait}; fi; echo ended");
        var ended = await release.WithinAsync(Limit, async token =>
        {
            await ReplicasAsync(release, replicas => replicas == Jobs / MaxJobs, token);

            // All but those that are held end; the autoscaler takes three of the four agents away, under them. One agent is enough for as many as it
            // may have, so that a few of the others may still run then.
            rest.Open();
            await ReplicasAsync(release, replicas => replicas == 1, token);
            await Until.TrueAsync(async () => await WantedAsync(release, token) == Held, token);
            await Until.TrueAsync(async () => (await RunningAsync(release, token)).Count == Held, token);
            var running = await RunningAsync(release, token);
            await LookedAfterAsync(release, token);
            Assert.Equal(running, await RunningAsync(release, token));

            held.Open();
            return await release.Emulator.WaitForRunAsync(run.Id, token);
        }, Token);
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

    private async Task ReplicasAsync(ChartRelease release, Func<int?, bool> isAsWanted, CancellationToken token)
    {
        await foreach (var (_, deployment) in cluster.Connection.Client.AppsV1.WatchListNamespacedDeploymentAsync(release.Space, cancellationToken: token))
        {
            if (isAsWanted(deployment.Spec.Replicas) && deployment.Status.Replicas == deployment.Spec.Replicas)
            {
                return;
            }
        }
    }

    private async Task<int?> WantedAsync(ChartRelease release, CancellationToken token)
    {
        var list = (JsonElement)await cluster.Connection.Client.CustomObjects.ListNamespacedCustomObjectAsync(
            "external.metrics.k8s.io", "v1beta1", release.Space, "runner_wanted_jobs", labelSelector: "pool=ci", cancellationToken: token);
        return list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("value").GetString()).FirstOrDefault() is { } value
            ? int.Parse(value, CultureInfo.InvariantCulture)
            : null;
    }

    private static async Task<List<(string Name, string Uid)>> RunningAsync(ChartRelease release, CancellationToken token) =>
    [
        .. (await release.PodsAsync(release.JobSpace, ClusterFixture.JobObjects, token))
            .Where(pod => pod.Status.Phase == "Running")
            .Select(pod => (pod.Metadata.Name, pod.Metadata.Uid)).Order(),
    ];

    // Until the agent that is left has adopted what the others had.
    private async Task LookedAfterAsync(ChartRelease release, CancellationToken token)
    {
        var agents = (await release.PodsAsync(release.Space, ChartRelease.Agents, token)).Where(pod => pod.Metadata.DeletionTimestamp is null);
        var left = Assert.Single(agents).Metadata.Name;
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var changes = cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(release.JobSpace, labelSelector: ClusterFixture.JobObjects, cancellationToken: token);
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
