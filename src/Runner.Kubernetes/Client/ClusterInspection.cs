using System.Net;
using k8s;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Client;

/// <summary>Looks for what the settings name and the cluster must have before a pod can start; and how much of the namespace's quota is left.</summary>
public static class ClusterInspection
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>All that is named, in the settings' order. Nothing that is found wrong throws.</summary>
    public static async Task<IReadOnlyList<ClusterFinding>> RunAsync(ClusterConnection connection, KubernetesOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        var found = await Task.WhenAll(Wanted(options).Distinct().Select(item => LookAsync(connection, item, limit.Token)));
        return [.. found, .. await QuotasAsync(connection, limit.Token)];
    }

    /// <summary>What the settings name: kind, name and setting. Pure.</summary>
    internal static IEnumerable<(string Kind, string Name, string Setting)> Wanted(KubernetesOptions options)
    {
        foreach (var name in options.ImagePullSecrets)
        {
            yield return ("secret", name, "kubernetes.imagePullSecrets");
        }

        (string Kind, string? Name, string Setting)[] named =
        [
            ("storage class", options.StorageClass, "kubernetes.storageClass"),
            .. Of("workspace", options.Storage.Workspace),
            .. Of("toolCache", options.Storage.ToolCache),
            ("service account", options.ServiceAccount, "kubernetes.serviceAccount"),
            ("config map", options.Hooks.ConfigMap, "kubernetes.hooks.configMap"),
            .. options.Platforms.SelectMany(platform => Of($"kubernetes.platforms.{platform.Key}", platform.Value)),
        ];
        foreach (var (kind, name, setting) in named)
        {
            if (!string.IsNullOrEmpty(name))
            {
                yield return (kind, name, setting);
            }
        }
    }

    private static IEnumerable<(string Kind, string? Name, string Setting)> Of(string volume, VolumeOptions options) => options.Type switch
    {
        "pvc" => [("claim", options.ClaimName, $"kubernetes.storage.{volume}.claimName")],
        "ephemeral" => [("storage class", options.StorageClass, $"kubernetes.storage.{volume}.storageClass")],
        _ => [],
    };

    private static IEnumerable<(string Kind, string? Name, string Setting)> Of(string path, PlatformOptions platform) =>
    [
        ("runtime class", platform.RuntimeClass, $"{path}.runtimeClass"),
        ("priority class", int.TryParse(platform.Priority, out _) ? null : platform.Priority, $"{path}.priority"),
        ("service account", platform.ServiceAccount, $"{path}.serviceAccount"),
    ];

    private static async Task<ClusterFinding> LookAsync(ClusterConnection connection, (string Kind, string Name, string Setting) item, CancellationToken cancellationToken)
    {
        var (client, space, name, what) = (connection.Client, connection.Namespace, item.Name, $"{item.Kind} {item.Name}");
        try
        {
            await ApiCaller.CallOnceAsync<object>(
                $"read {what}",
                async token => item.Kind switch
                {
                    "secret" => await client.CoreV1.ReadNamespacedSecretAsync(name, space, cancellationToken: token),
                    "config map" => await client.CoreV1.ReadNamespacedConfigMapAsync(name, space, cancellationToken: token),
                    "claim" => await client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, space, cancellationToken: token),
                    "service account" => await client.CoreV1.ReadNamespacedServiceAccountAsync(name, space, cancellationToken: token),
                    "storage class" => await client.StorageV1.ReadStorageClassAsync(name, cancellationToken: token),
                    "runtime class" => await client.NodeV1.ReadRuntimeClassAsync(name, cancellationToken: token),
                    "priority class" => await client.SchedulingV1.ReadPriorityClassAsync(name, cancellationToken: token),
                    var other => throw new InvalidOperationException($"nobody knows how to read a {other}"),
                },
                cancellationToken);
            return new ClusterFinding(ClusterFindingKind.There, what, item.Setting);
        }
        catch (InfrastructureException error) when (ApiErrors.IsNotFound(error))
        {
            return new ClusterFinding(ClusterFindingKind.Missing, what, item.Setting);
        }
        catch (InfrastructureException error)
        {
            return new ClusterFinding(ClusterFindingKind.Unknown, what, item.Setting) { Detail = Why(error) };
        }
        catch (OperationCanceledException)
        {
            return new ClusterFinding(ClusterFindingKind.Unknown, what, item.Setting) { Detail = "the API server did not answer in time" };
        }
    }

    private static async Task<IEnumerable<ClusterFinding>> QuotasAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        const string Setting = "kubernetes.namespace";
        try
        {
            var quotas = await ApiCaller.CallOnceAsync(
                "list resource quotas", token => connection.Client.CoreV1.ListNamespacedResourceQuotaAsync(connection.Namespace, cancellationToken: token), cancellationToken);
            return
            [
                .. from quota in quotas.Items
                   let used = (quota.Status?.Hard ?? new Dictionary<string, k8s.Models.ResourceQuantity>())
                       .Select(hard => (hard.Key, Hard: hard.Value, Used: quota.Status?.Used is { } all && all.TryGetValue(hard.Key, out var value) ? value : null))
                       .ToList()
                   let full = used.Any(item => IsOfJobs(item.Key) && item.Used is { } value && value.ToDecimal() >= item.Hard.ToDecimal())
                   select new ClusterFinding(full ? ClusterFindingKind.Full : ClusterFindingKind.There, $"quota {quota.Metadata.Name}", Setting)
                   {
                       Detail = string.Join(", ", used.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key} {item.Used?.ToString() ?? "0"} of {item.Hard}")),
                   },
            ];
        }
        catch (Exception error) when (error is InfrastructureException or OperationCanceledException)
        {
            return [new ClusterFinding(ClusterFindingKind.Unknown, "quotas", Setting) { Detail = error is InfrastructureException known ? Why(known) : "the API server did not answer in time" }];
        }
    }

    // Quotas may forbid what no job needs, such as load balancers.
    private static bool IsOfJobs(string resource) => resource is "pods" or "count/pods" or "cpu" or "memory" or "ephemeral-storage" or "secrets" or "count/secrets"
        || resource.StartsWith("limits.", StringComparison.Ordinal)
        || (resource.StartsWith("requests.", StringComparison.Ordinal) && resource != "requests.storage");

    private static string Why(InfrastructureException error) =>
        error.StatusCode == (int)HttpStatusCode.Forbidden ? "this account may not look" : error.Message;
}
