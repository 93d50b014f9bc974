using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Testing;

[assembly: AssemblyFixture(typeof(ClusterFixture))]

namespace Runner.Integration.Tests.Cluster;

/// <summary>
/// A cluster that answers: <c>RUNNER_TEST_KUBECONFIG</c>, <c>KUBECONFIG</c>, <c>~/.kube/config</c>, then the dev cluster. Tests have a
/// namespace of their own in it, removed at the end. Where no cluster answers, they are skipped with the reason.
/// </summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    /// <summary>Selects what an agent made for its jobs.</summary>
    public const string JobObjects = "app.kubernetes.io/managed-by=runner-agent";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private const string MakeBusybox =
        """
        set -e
        root=$(mktemp -d); mkdir -p "$root/bin"
        cp "$(command -v busybox)" "$root/bin/busybox"
        for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"; done

        """;

    private readonly List<string> _namespaces = [];
    private ClusterConnection? _connection;
    private string _reason = string.Empty;
    private string _standIn = string.Empty;
    private Task<string>? _realWorker;
    private Task<ApiOf125>? _later;

    /// <summary>Path of the kubeconfig.</summary>
    public string Kubeconfig { get; private set; } = string.Empty;

    /// <summary>The image whose worker is <c>standin-worker.sh</c>.</summary>
    public string StandInImage => _standIn;

    /// <summary>Address by which pods reach this machine: the dev cluster's bridge.</summary>
    public string HostAddress => "10.244.0.1";

    /// <summary>An image with a shell, present on the node.</summary>
    public string JobImage => "local/busybox:1";

    /// <summary>A connection as administrator. Skips the test where there is no cluster.</summary>
    public ClusterConnection Connection
    {
        get
        {
            Assert.SkipWhen(_connection is null, _reason);
            return _connection ?? throw new InvalidOperationException("The test was just skipped");
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        foreach (var path in Candidates().Where(File.Exists))
        {
            var connection = ClusterConnection.Open(new KubernetesOptions { Kubeconfig = path });
            if (await AnswersAsync(connection))
            {
                (Kubeconfig, _connection) = (path, connection);
                break;
            }

            connection.Dispose();
        }

        if (_connection is null)
        {
            _reason = $"No cluster answers; looked at {string.Join(", ", Candidates())}. scripts/dev-cluster.sh up makes one";
            return;
        }

        if (Path.GetFullPath(Kubeconfig) != Path.GetFullPath(DevCluster))
        {
            _reason = "Test images can only be loaded into the dev cluster (scripts/dev-cluster.sh), which is not the one that answers";
            _connection = null;
            return;
        }

        _standIn = await MakeImageAsync("local/runner-standin", Path.Combine(AppContext.BaseDirectory, "standin-worker.sh"), externals: null);
    }

    /// <summary>An image with a real worker, and with Node.js where <c>scripts/externals.sh</c> made it.</summary>
    public Task<string> RealWorkerImageAsync(string worker)
    {
        lock (_namespaces)
        {
            return _realWorker ??= MakeImageAsync("local/runner-test", worker, BuiltExternals.Find());
        }
    }

    /// <summary>An image with a shell and a configuration of its own.</summary>
    /// <param name="name">Its name, without a tag.</param>
    /// <param name="configuration">The part <c>config</c> of an image's configuration, JSON.</param>
    public async Task<string> MakeImageAsync(string name, string configuration)
    {
        _ = Connection; // the skip comes first
        var image = $"{name}:{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(configuration)))[..8]}";
        await ShellAsync(MakeBusybox + "\"$1/scripts/dev-cluster.sh\" image \"$2\" \"$root\" \"$3\"; rm -rf \"$root\"", Repository.Root, image, configuration);
        return image;
    }

    /// <summary>The same cluster as one of Kubernetes 1.25, for what the dev cluster has in another way.</summary>
    public Task<ApiOf125> LaterAsync()
    {
        _ = Connection; // the skip comes first
        lock (_namespaces)
        {
            return _later ??= ApiOf125.StartAsync(Kubeconfig);
        }
    }

    /// <summary>Makes a namespace for one class of tests and waits until pods can be made in it.</summary>
    public async Task<string> NewNamespaceAsync(CancellationToken cancellationToken)
    {
        var name = "kube-test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        await Connection.Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, cancellationToken: cancellationToken);
        RemoveAtEnd(name);

        // Admission refuses pods until the controller has made the namespace's account.
        var accounts = Connection.Client.CoreV1.WatchListNamespacedServiceAccountAsync(name, cancellationToken: cancellationToken);
        await foreach (var (_, account) in accounts)
        {
            if (account.Metadata.Name == "default")
            {
                break;
            }
        }

        return name;
    }

    /// <summary>A namespace that a test has made by other means goes with the others.</summary>
    public void RemoveAtEnd(string space)
    {
        lock (_namespaces)
        {
            _namespaces.Add(space);
        }
    }

    /// <summary>Waits until a namespace has no pod that a selector takes.</summary>
    public async Task PodsGoneAsync(string space, string selector, CancellationToken cancellationToken)
    {
        var core = Connection.Client.CoreV1;
        var pods = await core.ListNamespacedPodAsync(space, labelSelector: selector, cancellationToken: cancellationToken);
        var left = pods.Items.Select(pod => pod.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        if (left.Count == 0)
        {
            return;
        }

        var changes = core.WatchListNamespacedPodAsync(
            space, labelSelector: selector, resourceVersion: pods.Metadata.ResourceVersion, cancellationToken: cancellationToken);
        await foreach (var (type, pod) in changes)
        {
            if (type == WatchEventType.Deleted && left.Remove(pod.Metadata.Name) && left.Count == 0)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in _namespaces)
        {
            await RemoveAsync(name);
        }

        if (_later is not null)
        {
            await (await _later).DisposeAsync();
        }

        _connection?.Dispose();
    }

    private async Task RemoveAsync(string space)
    {
        try
        {
            await Connection.Client.CoreV1.DeleteNamespaceAsync(space);
        }
        catch (HttpOperationException refusal) when (refusal.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // Its test failed before it was made.
        }
    }

    private static IEnumerable<string> Candidates()
    {
#pragma warning disable RS0030 // The test run's composition root.
        string?[] named = [Environment.GetEnvironmentVariable("RUNNER_TEST_KUBECONFIG"), Environment.GetEnvironmentVariable("KUBECONFIG")];
#pragma warning restore RS0030
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return [.. named.OfType<string>().Where(path => path.Length > 0), Path.Combine(home, ".kube/config"), DevCluster];
    }

    private static string DevCluster =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/runner-dev-cluster/run/admin.kubeconfig");

    private static async Task<bool> AnswersAsync(ClusterConnection connection)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, TimeProvider.System);
        try
        {
            await connection.Client.Version.GetCodeAsync(limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<string> MakeImageAsync(string name, string worker, string? externals)
    {
        byte[] version = externals is null ? [] : await File.ReadAllBytesAsync(Path.Combine(externals, "version"));
        var image = $"{name}:{Convert.ToHexStringLower(SHA256.HashData([.. await File.ReadAllBytesAsync(worker), .. version]))[..8]}";
        // A static busybox and the worker: the smallest image that can set a pod up.
        await ShellAsync(
            MakeBusybox +
            """
            cp "$2" "$root/runner-worker"; chmod 755 "$root" "$root/runner-worker"
            [ -z "$4" ] || cp -a "$4" "$root/externals"
            "$1/scripts/dev-cluster.sh" image "$3" "$root"; rm -rf "$root"
            """,
            Repository.Root, worker, image, externals ?? string.Empty);
        return image;
    }

    private static async Task ShellAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/bash") { ArgumentList = { "-c", script, "bash" }, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash could not be started");
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
    }
}
