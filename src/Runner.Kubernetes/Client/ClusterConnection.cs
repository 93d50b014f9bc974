using k8s;
using k8s.Exceptions;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Client;

/// <summary>A way to a cluster: its client and the namespace that jobs run in.</summary>
/// <param name="Client">The client; it has no throttle of its own, the API server's priority and fairness decides.</param>
/// <param name="Namespace">Namespace of the job pods.</param>
/// <param name="Server">Address of the API server, for people.</param>
public sealed record ClusterConnection(IKubernetes Client, string Namespace, string Server) : IDisposable
{
    private const string DefaultNamespace = "default";
    private const string DefaultFile = "~/.kube/config";

    // Longer than the API server's own limit of 60 s for a request that is no watch.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(70);

    /// <summary>Opens a connection by the settings; nothing is sent yet.</summary>
    /// <exception cref="OperatorException">There is no such kubeconfig or context; names what there is.</exception>
    public static ClusterConnection Open(KubernetesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var configuration = Load(options);
        configuration.HttpClientTimeout = RequestTimeout;
        configuration.UserAgent = "runner-agent";
        var name = options.Namespace ?? configuration.Namespace ?? DefaultNamespace;
        return new ClusterConnection(new k8s.Kubernetes(configuration), name, configuration.Host);
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private static KubernetesClientConfiguration Load(KubernetesOptions options)
    {
        try
        {
            return options.Kubeconfig is null && options.Context is null && KubernetesClientConfiguration.IsInCluster()
                ? KubernetesClientConfiguration.InClusterConfig()
                : LoadFiles(options.Kubeconfig ?? DefaultFile, options.Context);
        }
        catch (Exception exception) when (exception is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"No cluster could be found by kubeconfig '{options.Kubeconfig ?? DefaultFile}': {exception.Message}", exception);
        }
    }

    // As kubectl reads KUBECONFIG: of several files those that are there, each under the ones before it.
    private static KubernetesClientConfiguration LoadFiles(string paths, string? context)
    {
        var files = paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(path => new FileInfo(ExpandHome(path))).ToList();
        var there = files.Where(file => file.Exists).ToArray();
        if (there.Length == 0)
        {
            throw new OperatorException($"There is no kubeconfig '{paths}'; name one with --kubeconfig, KUBECONFIG or kubernetes.kubeconfig");
        }

        var configuration = KubernetesClientConfiguration.LoadKubeConfig(there);
        var contexts = (configuration.Contexts ?? []).Select(known => known.Name).ToList();
        if (context is not null && !contexts.Contains(context, StringComparer.Ordinal))
        {
            throw new OperatorException(
                $"Kubeconfig '{paths}' has no context '{context}'; it has {(contexts.Count == 0 ? "none" : string.Join(", ", contexts))}{NearestName.Hint(context, contexts)}");
        }

        return KubernetesClientConfiguration.BuildConfigFromConfigObject(configuration, context);
    }

    private static string ExpandHome(string path) => path is ['~', '/', .. var rest]
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rest)
        : path;
}
