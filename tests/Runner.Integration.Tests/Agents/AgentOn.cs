using Runner.Agent.Configuration;
using Runner.Emulator.Options;
using Runner.Integration.Tests.Cluster;
using Runner.Kubernetes.Options;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Agents;

/// <summary>An emulator and an agent in this process, whose jobs run by the real worker in pods or in containers.</summary>
internal static class AgentOn
{
    // bash, git and no Node.js: scripts/dev-cluster.sh images makes it
    private const string DebianImage = "local/debian:12";

    // A name that GitHub's clients take for GitHub; jobs reach the emulator by the address that its job messages name.
    private static readonly Uri ServerUrl = new("http://github.localhost/");

    /// <summary>Jobs in pods, in a namespace of their own. Skips the test where there is no cluster or no worker.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="configure">Changes settings; image and namespace are set already.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="space">Namespace, or <c>null</c>: a new one.</param>
    /// <param name="protocol">What the emulator speaks.</param>
    public static async Task<AgentOnHost> ClusterAsync(
        ClusterFixture cluster, Action<AgentOptions> configure, CancellationToken cancellationToken, string? space = null,
        EmulatorProtocol protocol = EmulatorProtocol.V2)
    {
        _ = cluster.Connection; // the skip comes first
        var image = await cluster.RealWorkerImageAsync(TestWorker.Real());
        var kubernetes = new KubernetesOptions
        {
            Kubeconfig = cluster.Kubeconfig,
            Namespace = space ?? await cluster.NewNamespaceAsync(cancellationToken),
            RunnerImage = image,
            DefaultImage = DebianImage,
        };
        return await AgentOnHost.StartAsync(
            _ => "/no/worker/on/the/host",
            cancellationToken,
            options =>
            {
                options.Backend = BackendKind.Kubernetes;
                options.Github.AllowInsecureHttp = true;
                options.Kubernetes = kubernetes;
                configure(options);
            },
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = cluster.HostAddress, ServerUrl = ServerUrl, Protocol = protocol });
    }

    /// <summary>Jobs in containers. Skips the test where engine, image or worker are missing.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="protocol">What the emulator speaks.</param>
    /// <param name="configure">Changes settings; image and engine are set already.</param>
    public static async Task<AgentOnHost> DockerAsync(
        DockerEngineFixture engine, CancellationToken cancellationToken, EmulatorProtocol protocol = EmulatorProtocol.V2, Action<AgentOptions>? configure = null)
    {
        var worker = TestWorker.Real();
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
        var system = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/runner-dev-cluster/debian-12");
        Assert.SkipUnless(Directory.Exists(system), $"the Debian system for jobs is not at {system}: run scripts/dev-cluster.sh images");
        await engine.ImportAsync(DebianImage, system, cancellationToken);
        return await AgentOnHost.StartAsync(
            _ => worker,
            cancellationToken,
            options =>
            {
                options.Backend = BackendKind.Docker;
                options.Github.AllowInsecureHttp = true;
                options.Docker = new DockerSectionOptions { Host = engine.Host, Worker = worker, DefaultImage = DebianImage };
                configure?.Invoke(options);
            },
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = await engine.GatewayAsync(cancellationToken), ServerUrl = ServerUrl, Protocol = protocol });
    }
}
