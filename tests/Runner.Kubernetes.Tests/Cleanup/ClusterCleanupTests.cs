using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes.Cleanup;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
using Runner.Testing.Cluster;

namespace Runner.Kubernetes.Tests.Cleanup;

/// <summary>What the clean-up asks a cluster for: every kind of thing that agents make is seen.</summary>
public sealed class ClusterCleanupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Pod_that_waits_for_a_job_is_found_and_removed_once_its_agents_are_gone()
    {
        await using var stand = await StandInCluster.StartAsync(new StandInClusterOptions { SchedulingTime = TimeSpan.FromHours(1) }, Token);
        var options = SomeKubernetes.Options() with { Namespace = "jobs", Kubeconfig = stand.Kubeconfig };
        using var connection = ClusterConnection.Open(options);
        var pod = await new JobCluster(connection, TimeProvider.System, NullLogger.Instance).CreatePodAsync(
            new WarmPodBuilder(options).Build("linux", PlacementRules.Place([], poolPlatform: null, options), ClusterFeatures.Of("v1.33.1"), "gone/1"), Token);
        var cleanup = new ClusterCleanup(connection);
        var now = TimeProvider.System.GetUtcNow();

        var young = await cleanup.FindAsync(now, Token);
        var old = await cleanup.FindAsync(now.AddHours(1), Token);
        var isRemoved = await cleanup.RemoveAsync(Assert.Single(old), Token);

        Assert.Empty(young);
        Assert.Equal(("Pod", pod.Metadata.Name, false), (old[0].Kind, old[0].Name, old[0].IsWanted));
        Assert.True(isRemoved);
        Assert.Empty(stand.Pods);
    }
}
