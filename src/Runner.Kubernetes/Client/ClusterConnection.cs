using System.Security.Cryptography;
using System.Text.Json;
using k8s;
using k8s.Exceptions;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using YamlDotNet.Core;

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
        try
        {
            var configuration = Load(options);
            configuration.HttpClientTimeout = RequestTimeout;
            configuration.UserAgent = "runner-agent";
            var name = options.Namespace ?? configuration.Namespace ?? DefaultNamespace;
            var client = new k8s.Kubernetes(configuration, new WholeAnswers(RequestTimeout, TimeProvider.System));
            if (IsOwnCluster(options))
            {
                client.CreateWebSocketBuilder = static () => WithoutProxy(new WebSocketBuilder());
            }

            return new ClusterConnection(client, name, configuration.Host);
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            throw new OperatorException($"No cluster could be found by kubeconfig '{options.Kubeconfig ?? DefaultFile}': {Causes.Of(exception)}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private static KubernetesClientConfiguration Load(KubernetesOptions options)
    {
        if (!IsOwnCluster(options))
        {
            return LoadFiles(options.Kubeconfig ?? DefaultFile, options.Context);
        }

        // The API server of a pod's own cluster is beside it; what HTTPS_PROXY names is for the outside.
        var configuration = KubernetesClientConfiguration.InClusterConfig();
        configuration.FirstMessageHandlerSetup = static handler => handler.UseProxy = false;
        return configuration;
    }

    private static bool IsOwnCluster(KubernetesOptions options) =>
        options.Kubeconfig is null && options.Context is null && KubernetesClientConfiguration.IsInCluster();

    private static WebSocketBuilder WithoutProxy(WebSocketBuilder builder)
    {
        builder.Options.Proxy = null;
        return builder;
    }

    // What the client throws for a file that is none, for certificates that are none, for an address that is none.
    private static bool IsOfTheFile(Exception exception) =>
        exception is KubeConfigException or KubernetesException or IOException or UnauthorizedAccessException or YamlException or FormatException
            or CryptographicException or ArgumentException or InvalidOperationException or InvalidCastException or NullReferenceException or JsonException;

    // Of several files, as in KUBECONFIG, those that are there count, and of these the first that has the context; kubectl would also take a
    // context's cluster or user from another file, which is rare and then an error here.
    private static KubernetesClientConfiguration LoadFiles(string paths, string? context)
    {
        var files = paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(ExpandHome).Where(File.Exists)
            .Select(path => KubernetesClientConfiguration.LoadKubeConfig(path))
            .ToList();
        if (files.Count == 0)
        {
            throw new OperatorException($"There is no kubeconfig '{paths}'; name one with --kubeconfig, KUBECONFIG or kubernetes.kubeconfig");
        }

        var wanted = context ?? files.Select(file => file.CurrentContext).FirstOrDefault(current => !string.IsNullOrEmpty(current));
        var known = files.SelectMany(file => file.Contexts ?? []).Select(one => one.Name).ToList();
        var holder = files.Find(file => (file.Contexts ?? []).Any(one => one.Name == wanted));
        return holder is null && context is not null
            ? throw new OperatorException(
                $"Kubeconfig '{paths}' has no context '{context}'; it has {(known.Count == 0 ? "none" : string.Join(", ", known))}{NearestName.Hint(context, known)}")
            : KubernetesClientConfiguration.BuildConfigFromConfigObject(holder ?? files[0], wanted);
    }

    private static string ExpandHome(string path) => path is ['~', '/', .. var rest]
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rest)
        : path;
}
