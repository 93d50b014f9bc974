using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Ownership;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests;

public sealed class KubernetesBackendTests(FakeHttpServer server)
{
    [Fact(Timeout = 30_000)]
    public async Task Loop_that_fails_ends_the_backend_and_is_not_left_behind_by_the_others()
    {
        var site = server.Open(http => http.Request.Path.Value switch
        {
            { } path when path.StartsWith("/version", StringComparison.Ordinal) => http.Response.WriteAsync(KubernetesJson.Serialize(Version)),
            { } path when path.EndsWith("/pods", StringComparison.Ordinal) => http.ListAsync("10"),
            _ => http.RefuseAsync(503, "away"), // the Lease is tried again and again
        });
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = site.Address.AbsoluteUri });
        using var connection = new ClusterConnection(client, "ci", site.Address.AbsoluteUri);
        var backend = new KubernetesBackend(connection, SomeKubernetes.Options(), AgentIdentity.Start("a"), TimeProvider.System, new FullDisk());

        var failure = await Assert.ThrowsAsync<IOException>(() => backend.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal("no room for a log", failure.Message);
    }

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

    private static VersionInfo Version { get; } = new()
    {
        Major = "1",
        Minor = "31",
        GitVersion = "v1.31.4",
        GitCommit = "0",
        GitTreeState = "clean",
        BuildDate = "2026-01-01T00:00:00Z",
        Compiler = "gc",
        GoVersion = "go1.22",
        Platform = "linux/amd64",
    };

    // Fails the watch where nobody expects it.
    private sealed class FullDisk : ILogger<KubernetesBackend>
    {
        private const int WatchListed = 2120;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == WatchListed)
            {
                throw new IOException("no room for a log");
            }
        }
    }
}
