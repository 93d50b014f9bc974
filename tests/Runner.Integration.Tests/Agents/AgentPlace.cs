using System.Globalization;
using Docker.DotNet.Models;
using k8s;
using k8s.Models;
using Runner.Emulator;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Agents;

/// <summary>Where the jobs of agents run that are processes of their own: on this machine, in containers, or in pods of a namespace of their own.</summary>
internal sealed class AgentPlace
{
    private const string Instance = "act.nektos.com/instance";

    private readonly TempFolder _folder;
    private readonly string _settings;
    private readonly Func<AgentPlace, CancellationToken, Task<IEnumerable<string>>> _look;
    private readonly List<string> _agents = [];

    private AgentPlace(TempFolder folder, string address, string settings, Func<AgentPlace, CancellationToken, Task<IEnumerable<string>>> look) =>
        (_folder, Address, _settings, _look) = (folder, address, settings, look);

    /// <summary>This machine's address as jobs see it.</summary>
    public string Address { get; }

    /// <summary>The place of a backend. Skips the test where what it needs is not there.</summary>
    /// <param name="backend"><c>host</c>, <c>docker</c> or <c>kubernetes</c>.</param>
    /// <param name="folder">The test's own.</param>
    /// <param name="cluster">Of pods.</param>
    /// <param name="engine">Of containers; <c>null</c>: there are none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<AgentPlace> OfAsync(
        string backend, TempFolder folder, ClusterFixture cluster, DockerEngineFixture? engine, CancellationToken cancellationToken)
    {
        var worker = TestWorker.Real();
        switch (backend)
        {
            case "host":
                return new AgentPlace(
                    folder, "127.0.0.1", $$"""host: {root: "{{folder["jobs"]}}", worker: "{{worker}}"}""", (_, _) => Task.FromResult(OnHost(folder)));
            case "docker" when engine is not null:
                Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
                return new AgentPlace(
                    folder,
                    await engine.GatewayAsync(cancellationToken),
                    $$"""docker: {host: "{{engine.Host}}", worker: "{{worker}}", defaultImage: "{{DockerEngineFixture.Image}}"}""",
                    (place, token) => place.InContainersAsync(engine, token));
            case "kubernetes":
                _ = cluster.Connection; // the skip comes first
                var image = await cluster.RealWorkerImageAsync(worker);
                var space = await cluster.NewNamespaceAsync(cancellationToken);
                return new AgentPlace(
                    folder,
                    cluster.HostAddress,
                    $$"""kubernetes: {kubeconfig: "{{cluster.Kubeconfig}}", namespace: {{space}}, runnerImage: "{{image}}", defaultImage: "{{cluster.JobImage}}"}""",
                    (_, token) => InClusterAsync(cluster, space, token))
                { Namespace = space };
            default:
                throw new ArgumentException($"backend {backend} is unknown", nameof(backend));
        }
    }

    /// <summary>Namespace of the pods; empty where there are none.</summary>
    public string Namespace { get; private init; } = string.Empty;

    /// <summary>Writes the settings of an agent and gives their path.</summary>
    /// <param name="backend">As above.</param>
    /// <param name="emulator">Its GitHub.</param>
    /// <param name="mode">Mode of its pool.</param>
    /// <param name="maxJobs">Size of its pool.</param>
    /// <param name="name">The agent's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="pool">Further settings of the pool.</param>
    public async Task<string> ConfigureAsync(
        string backend, EmulatorServer emulator, string mode, int maxJobs, string name, CancellationToken cancellationToken, string pool = "")
    {
        _agents.Add(name);
        await File.WriteAllTextAsync(_folder["token"], "emulator", cancellationToken);
        var path = _folder[name + ".yaml"];
        await File.WriteAllTextAsync(
            path,
            string.Create(CultureInfo.InvariantCulture, $$"""
                backend: {{backend}}
                {{_settings}}
                github: {url: "{{emulator.Url}}acme", auth: {tokenFile: "{{_folder["token"]}}"}, allowInsecureHttp: true}
                pools: [{name: test, labels: [self-hosted], maxJobs: {{maxJobs}}, mode: {{mode}}{{(pool.Length > 0 ? ", " : "")}}{{pool}}}]
                monitoring: {enabled: false}
                agent: {instance: {{name}}, installation: tests, stateFolder: "{{_folder["state"]}}", adoptionInterval: 500ms}
                """),
            cancellationToken);
        return path;
    }

    /// <summary>What is there of jobs and of agents that are no more, in words; the Lease of one that lives is, too.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken) => [.. await _look(this, cancellationToken)];

    /// <summary>Waits until jobs have left nothing; agents may live.</summary>
    public Task EmptyAsync(CancellationToken cancellationToken) =>
        Until.TrueAsync(async () => (await LeftAsync(cancellationToken)).All(left => left.StartsWith("Lease ", StringComparison.Ordinal)), cancellationToken);

    private static IEnumerable<string> OnHost(TempFolder folder)
    {
        string[] files = [.. Entries(folder["jobs"], "job-*"), .. Entries(folder["state"], "*.job"), .. Entries(folder["state"], "*.lock")];
        return files.Concat(Directory.GetDirectories("/proc").Where(process => IsOf(folder, process)).Select(process => $"process {process}"));

        static string[] Entries(string path, string pattern) =>
            Directory.Exists(path) ? Directory.GetFileSystemEntries(path, pattern, SearchOption.AllDirectories) : [];
    }

    // Workers, and what steps have started, work below the folder of the jobs.
    private static bool IsOf(TempFolder folder, string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName.StartsWith(folder["jobs"], StringComparison.Ordinal) == true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended
        }
    }

    // The engine is one for all tests: what counts is made by agents of these names.
    private async Task<IEnumerable<string>> InContainersAsync(DockerEngineFixture engine, CancellationToken cancellationToken)
    {
        var filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [Instance] = true } };
        var containers = await engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters }, cancellationToken);
        return containers
            .Where(container => _agents.Any(agent => container.Labels[Instance].StartsWith(agent + "-", StringComparison.Ordinal)))
            .Select(container => $"container {container.Names.FirstOrDefault() ?? container.ID}");
    }

    private static async Task<IEnumerable<string>> InClusterAsync(ClusterFixture cluster, string space, CancellationToken cancellationToken)
    {
        var client = cluster.Connection.Client;
        var pods = await client.CoreV1.ListNamespacedPodAsync(space, labelSelector: ClusterFixture.JobObjects, cancellationToken: cancellationToken);
        var secrets = await client.CoreV1.ListNamespacedSecretAsync(space, labelSelector: ClusterFixture.JobObjects, cancellationToken: cancellationToken);
        var leases = await client.CoordinationV1.ListNamespacedLeaseAsync(space, cancellationToken: cancellationToken);
        return [.. Names("pod", pods.Items), .. Names("Secret", secrets.Items), .. Names("Lease", leases.Items)];

        static IEnumerable<string> Names(string kind, IEnumerable<IMetadata<V1ObjectMeta>> all) => all.Select(item => $"{kind} {item.Metadata.Name}");
    }
}
