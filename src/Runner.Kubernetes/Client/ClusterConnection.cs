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

    // Longer than the API server's own limit of 60 s for a request that is no watch.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(70);

    /// <summary>Opens a connection by the settings; nothing is sent yet.</summary>
    /// <exception cref="OperatorException">There is no such kubeconfig or context.</exception>
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
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(ExpandHome(options.Kubeconfig), options.Context);
        }
        catch (Exception exception) when (exception is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            var from = options.Kubeconfig ?? "~/.kube/config";
            throw new OperatorException($"No cluster could be found by kubeconfig '{from}': {exception.Message}", exception);
        }
    }

    private static string? ExpandHome(string? path) => path is ['~', '/', .. var rest]
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rest)
        : path;
}
