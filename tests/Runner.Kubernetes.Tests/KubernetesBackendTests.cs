using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Ownership;

namespace Runner.Kubernetes.Tests;

public sealed class KubernetesBackendTests
{
    [Fact]
    public void Placement_is_described_with_labels_decisions_and_the_pod()
    {
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" });
        using var connection = new ClusterConnection(client, "ci", "http://127.0.0.1:1");
        var backend = new KubernetesBackend(
            connection, SomeKubernetes.Options(), AgentIdentity.Start("a"), TimeProvider.System, NullLogger<KubernetesBackend>.Instance);

        var text = backend.Describe(SomeKubernetes.Launch(labels: ["ubuntu-24.04", "cpu=2"]));

        Assert.StartsWith("build (18, ubuntu-latest): labels ubuntu-24.04, cpu=2\n", text, StringComparison.Ordinal);
        Assert.Contains("registry.example/ubuntu:24.04", text, StringComparison.Ordinal);
        Assert.Contains("\nkind: Pod\n", text, StringComparison.Ordinal);
        Assert.Contains("cpu: 2", text, StringComparison.Ordinal);
    }
}
