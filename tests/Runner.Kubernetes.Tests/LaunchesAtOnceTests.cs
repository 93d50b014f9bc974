using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Ownership;
using Runner.Testing;
using Runner.Testing.Cluster;

namespace Runner.Kubernetes.Tests;

public sealed class LaunchesAtOnceTests
{
    private const int Jobs = 100;
    private const int AtOnce = 64;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Of_a_hundred_jobs_64_are_launched_at_once_and_the_others_as_these_are_through()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { SchedulingTime = TimeSpan.FromHours(1) }, Cancelled);
        using var gate = new SecretGate();
        using var client = new k8s.Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(cluster.Kubeconfig)), gate);
        using var connection = new ClusterConnection(client, "jobs", "stand-in");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var backend = new KubernetesBackend(
            connection, SomeKubernetes.Options(), AgentIdentity.Start("a"), TimeProvider.System, NullLogger<KubernetesBackend>.Instance);
        var running = backend.RunAsync(over.Token);
        List<IJobHandle> handles = [await LaunchAsync(backend)]; // now the agent's Lease stands, for which launches wait

        gate.Close();
        var launches = Enumerable.Range(0, Jobs).Select(_ => LaunchAsync(backend)).ToArray();
        await gate.ReachAsync(AtOnce, Cancelled);
        var held = gate.Count;
        gate.Open();
        handles.AddRange(await Task.WhenAll(launches));

        Assert.Equal(AtOnce, held);
        Assert.Equal(Jobs, gate.Count);
        Assert.Equal(Jobs + 1, cluster.Pods.Count);
        handles.ForEach(handle => handle.Release());
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Task<IJobHandle> LaunchAsync(KubernetesBackend backend) =>
        backend.LaunchAsync(SomeKubernetes.Launch(Some.Job(Guid.NewGuid())), Cancelled);

    // A launch begins with its Secret.
    private sealed class SecretGate : DelegatingHandler
    {
        private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? _reached;
        private int _wanted;
        private int _count;

        public SecretGate() => _open.SetResult();

        /// <summary>Launches that came since it was closed.</summary>
        public int Count => Volatile.Read(ref _count);

        public void Close()
        {
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _count, 0);
        }

        public void Open() => _open.SetResult();

        public Task ReachAsync(int count, CancellationToken cancellationToken)
        {
            _wanted = count;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Count >= count)
            {
                _reached.TrySetResult();
            }

            return _reached.Task.WaitAsync(cancellationToken);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post && request.RequestUri?.AbsolutePath.EndsWith("/secrets", StringComparison.Ordinal) == true)
            {
                if (Interlocked.Increment(ref _count) >= Volatile.Read(ref _wanted))
                {
                    _reached?.TrySetResult();
                }

                await _open.Task.WaitAsync(cancellationToken);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
