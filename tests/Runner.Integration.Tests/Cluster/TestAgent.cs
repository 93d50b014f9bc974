using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Ownership;

namespace Runner.Integration.Tests.Cluster;

/// <summary>A Kubernetes backend with its loop running, as an agent has it.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterConnection _connection;
    private readonly Task _loop;

    public TestAgent(ClusterConnection connection, KubernetesOptions options, string name = "test-agent")
    {
        _connection = connection;
        Backend = new KubernetesBackend(connection, options, AgentIdentity.Start(name), TimeProvider.System, NullLogger<KubernetesBackend>.Instance);
        _loop = Backend.RunAsync(_stop.Token);
    }

    public KubernetesBackend Backend { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _loop);
        _connection.Dispose();
        _stop.Dispose();
    }
}
