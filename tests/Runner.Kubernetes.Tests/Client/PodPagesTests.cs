using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing.Cluster;

namespace Runner.Kubernetes.Tests.Client;

public sealed class PodPagesTests
{
    private const int Pods = 600;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task List_longer_than_a_page_is_read_to_its_end()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { SchedulingTime = TimeSpan.FromHours(1) }, Token);
        using var connection = ClusterConnection.Open(new KubernetesOptions { Kubeconfig = cluster.Kubeconfig, Namespace = "jobs" });
        foreach (var number in Enumerable.Range(0, Pods))
        {
            await connection.Client.CoreV1.CreateNamespacedPodAsync(PodNamed($"p{number:000}"), "jobs", cancellationToken: Token);
        }

        var (names, version) = await PodPages.ListAsync(
            new JobCluster(connection, TimeProvider.System, NullLogger.Instance), "is=job", pod => pod.Metadata.Name, Token);

        Assert.Equal(Enumerable.Range(0, Pods).Select(number => $"p{number:000}"), names);
        Assert.NotEmpty(version);
        Assert.Equal(3, cluster.Calls.Count("list pods"));
    }

    private static V1Pod PodNamed(string name) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["is"] = "job" } },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "job", Image = "registry.example/job:1" }] },
    };
}
