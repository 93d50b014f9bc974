using k8s;
using k8s.Models;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing;
using Runner.Testing.Cluster;

namespace Runner.Cli.Tests.Commands;

/// <summary>What the command says and removes, on a stand-in for a cluster; on a real one: <c>KubernetesBackendTests</c>.</summary>
public sealed class CleanupCommandTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task What_is_left_over_is_shown_by_a_dry_run_and_removed_without()
    {
        await using var cluster = await ClusterAsync();

        var dry = await RunAsync(cluster, "--dry-run");
        var first = await RunAsync(cluster);
        var second = await RunAsync(cluster);

        Assert.Equal((0, 0, 0), (dry.Code, first.Code, second.Code));
        Assert.Matches(@"(?s)^KIND +NAME +WHY *\nLease +runner-agent-1 +agent 'gone' is gone *\n1 would be removed from namespace 'jobs' of https://[^\n]*\.\n1 more may still be wanted: see 'runner cleanup --all --dry-run'\.\n$", dry.Out);
        Assert.Matches(@"\n1 removed from namespace 'jobs' of https://", first.Out);
        Assert.StartsWith("Nothing is left over in namespace 'jobs' of https://", second.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task What_may_still_be_wanted_goes_only_where_that_is_said()
    {
        await using var cluster = await ClusterAsync();

        // Again, as the pod may change while it is looked at: then it stays.
        var results = new List<CliResult>();
        do
        {
            results.Add(await RunAsync(cluster, "--all"));
        }
        while (!results[^1].Out.StartsWith("Nothing is left over in namespace 'jobs' of https://", StringComparison.Ordinal));

        Assert.Contains("is kept for a look; its job has failed", results[0].Out, StringComparison.Ordinal);
        Assert.All(results, result => Assert.Equal(0, result.Code));
        Assert.All(results.Where(result => result.Error.Length > 0), result => Assert.Contains("has changed since it was seen, or is gone already", result.Error, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Cluster_that_does_not_answer_is_told()
    {
        var cluster = await ClusterAsync();
        var kubeconfig = await File.ReadAllTextAsync(cluster.Kubeconfig, Token);
        await cluster.DisposeAsync();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["kubeconfig"], kubeconfig, Token);

        var result = await Cli.RunAsync("cleanup", "--kubeconfig", folder["kubeconfig"], "--namespace", "jobs");

        Assert.Equal(69, result.Code);
        Assert.Contains("ask for the time: Connection refused", result.Error, StringComparison.Ordinal);
    }

    private static Task<CliResult> RunAsync(StandInCluster cluster, params string[] flags) =>
        Cli.RunAsync(["cleanup", "--kubeconfig", cluster.Kubeconfig, "--namespace", "jobs", .. flags]);

    private static async Task<StandInCluster> ClusterAsync()
    {
        var cluster = await StandInCluster.StartAsync(new StandInClusterOptions(), Token);
        using var connection = ClusterConnection.Open(new KubernetesOptions { Kubeconfig = cluster.Kubeconfig, Namespace = "jobs" });
        await connection.Client.CoordinationV1.CreateNamespacedLeaseAsync(
            new V1Lease
            {
                ApiVersion = "coordination.k8s.io/v1",
                Kind = "Lease",
                Metadata = Metadata("runner-agent-1"),
                Spec = new V1LeaseSpec { HolderIdentity = "gone/1", RenewTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) },
            },
            "jobs",
            cancellationToken: Token);
        var kept = new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = Metadata("kept"),
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "job", Image = "registry.example/job:1" }] },
        };
        kept.Metadata.Labels["act.nektos.com/job-id"] = Guid.Empty.ToString();
        kept.Metadata.Labels["act.nektos.com/finished"] = "failed";
        await connection.Client.CoreV1.CreateNamespacedPodAsync(kept, "jobs", cancellationToken: Token);
        return cluster;
    }

    private static V1ObjectMeta Metadata(string name) => new()
    {
        Name = name,
        Labels = new Dictionary<string, string> { ["app.kubernetes.io/managed-by"] = "runner-agent", ["app.kubernetes.io/instance"] = "ours" },
    };
}
