using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Client;

/// <summary>
/// The calls that jobs need, in one namespace. Each may be made twice: what is there already was made before, what is gone is gone.
/// </summary>
internal sealed class JobCluster(ClusterConnection connection, TimeProvider time, ILogger logger)
{
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly IKubernetes _client = connection.Client;
    private readonly ApiCaller _api = new(time, logger);

    public string Namespace => connection.Namespace;

    public ICoreV1Operations Core => _client.CoreV1;

    /// <summary>What runs in pods and what they print.</summary>
    public PodStreams Streams { get; } = new(connection, time, logger);

    private ICoordinationV1Operations Coordination => _client.CoordinationV1;

    /// <summary>The API server's version, such as <c>v1.20.2</c>.</summary>
    public async Task<string> ReadVersionAsync(CancellationToken cancellationToken) =>
        (await _api.CallAsync("ask for the version", token => _client.Version.GetCodeAsync(token), cancellationToken)).GitVersion;

    /// <summary>The API server's time, to the second.</summary>
    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => _api.CallAsync(
        "ask for the time",
        async token =>
        {
            using var answer = await _client.Version.GetCodeWithHttpMessagesAsync(cancellationToken: token);
            return answer.Response.Headers.Date ?? time.GetUtcNow();
        },
        cancellationToken);

    /// <summary>Creates the Secret of a job, or gives the one that is there.</summary>
    public async Task<V1Secret> CreateSecretAsync(V1Secret secret, CancellationToken cancellationToken)
    {
        var name = secret.Metadata.Name;
        try
        {
            return await _api.CreateAsync(
                $"create Secret {name}",
                token => Core.CreateNamespacedSecretAsync(secret, Namespace, cancellationToken: token),
                cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsAlreadyThere(error))
        {
            logger.AlreadyThere("Secret", name);
            return await _api.CallAsync(
                $"read Secret {name}", token => Core.ReadNamespacedSecretAsync(name, Namespace, cancellationToken: token), cancellationToken);
        }
    }

    /// <summary>A pod, or <c>null</c>.</summary>
    public Task<V1Pod?> FindPodAsync(string name, CancellationToken cancellationToken) => OrNullAsync(
        $"read pod {name}", token => Core.ReadNamespacedPodAsync(name, Namespace, cancellationToken: token), cancellationToken);

    /// <summary>Creates a job's pod, or gives the one that is there.</summary>
    public async Task<V1Pod> CreatePodAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        try
        {
            return await _api.CreateAsync(
                $"create pod {name}", token => Core.CreateNamespacedPodAsync(pod, Namespace, cancellationToken: token), cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsAlreadyThere(error))
        {
            logger.AlreadyThere("pod", name);
            return await _api.CallAsync(
                $"read pod {name}", token => Core.ReadNamespacedPodAsync(name, Namespace, cancellationToken: token), cancellationToken);
        }
    }

    /// <summary>Makes the pod the owner of its Secret, so that the cluster removes the one with the other, and ends the launch.</summary>
    public async Task OwnSecretAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var name = PodLabels.SecretOf(pod.Metadata);
        var patch = MergePatch("metadata", new Dictionary<string, object>
        {
            ["labels"] = new Dictionary<string, string?> { [PodLabels.Launching] = null }, // null removes it (RFC 7386)
            ["ownerReferences"] = new[] { new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid } },
        });
        await _api.CallAsync(
            $"patch Secret {name}",
            token => Core.PatchNamespacedSecretAsync(patch, name, Namespace, cancellationToken: token),
            cancellationToken);
    }

    /// <summary>The Secret of a job, or <c>null</c>.</summary>
    public Task<V1Secret?> FindSecretAsync(string name, CancellationToken cancellationToken) => OrNullAsync(
        $"read Secret {name}", token => Core.ReadNamespacedSecretAsync(name, Namespace, cancellationToken: token), cancellationToken);

    /// <summary>All Secrets of a selector.</summary>
    public async Task<IList<V1Secret>> ListSecretsAsync(string selector, CancellationToken cancellationToken)
    {
        var list = await _api.CallAsync(
            "list Secrets",
            token => Core.ListNamespacedSecretAsync(Namespace, labelSelector: selector, cancellationToken: token),
            cancellationToken);
        return list.Items;
    }

    /// <summary>
    /// Sets annotations and labels of a pod; <c>null</c> where somebody else changed it since it was read, or it is gone.
    /// </summary>
    public Task<V1Pod?> PatchPodAsync(
        V1Pod pod,
        IReadOnlyDictionary<string, string> annotations,
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        var patch = MetadataPatch(pod.Metadata, annotations, labels);
        return UnlessChangedAsync(
            $"patch pod {name}",
            token => Core.PatchNamespacedPodAsync(patch, name, Namespace, cancellationToken: token),
            cancellationToken);
    }

    /// <summary>
    /// Gives a pod to a job, that is its labels and annotations, and the time that it may still take; <c>null</c> where somebody else changed it since it was
    /// read, or it is gone.
    /// </summary>
    public Task<V1Pod?> GivePodAsync(
        V1Pod pod, IReadOnlyDictionary<string, string> annotations, IReadOnlyDictionary<string, string> labels, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        var patch = new V1Patch(
            new Dictionary<string, object>
            {
                ["metadata"] = MetadataOf(pod.Metadata, annotations, labels),
                ["spec"] = new Dictionary<string, object> { ["activeDeadlineSeconds"] = (long)deadline.TotalSeconds },
            },
            V1Patch.PatchType.MergePatch);
        return UnlessChangedAsync($"give pod {name} a job", token => Core.PatchNamespacedPodAsync(patch, name, Namespace, cancellationToken: token), cancellationToken);
    }

    /// <summary>Sets annotations of a Secret in the same way.</summary>
    public Task<V1Secret?> PatchSecretAsync(
        V1Secret secret, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        var name = secret.Metadata.Name;
        var patch = MetadataPatch(secret.Metadata, annotations, Nothing);
        return UnlessChangedAsync(
            $"patch Secret {name}",
            token => Core.PatchNamespacedSecretAsync(patch, name, Namespace, cancellationToken: token),
            cancellationToken);
    }

    /// <summary>Sets values of a Secret, or removes those that are <c>null</c>.</summary>
    /// <exception cref="InfrastructureException">It could not be done; where the Secret would be too large, with the API server's words.</exception>
    public Task SetSecretValuesAsync(string name, IReadOnlyDictionary<string, byte[]?> values, CancellationToken cancellationToken)
    {
        var patch = MergePatch("data", values);
        return _api.CallAsync(
            $"patch Secret {name}", token => Core.PatchNamespacedSecretAsync(patch, name, Namespace, cancellationToken: token), cancellationToken);
    }

    /// <summary>Adds a container to a pod that runs; one of the same name that is there already is the same one.</summary>
    public Task AddContainerAsync(string pod, V1EphemeralContainer container, CancellationToken cancellationToken)
    {
        // Merged into the list by its name, so the list need not be read first.
        var body = new Dictionary<string, object> { ["spec"] = new Dictionary<string, object> { ["ephemeralContainers"] = new[] { container } } };
        var patch = new V1Patch(body, V1Patch.PatchType.StrategicMergePatch);
        return _api.CallAsync(
            $"add container {container.Name} to pod {pod}",
            token => Core.PatchNamespacedPodEphemeralcontainersAsync(patch, pod, Namespace, cancellationToken: token),
            cancellationToken);
    }

    /// <summary>Deletes a pod; its containers have <paramref name="grace"/> to end.</summary>
    public Task DeletePodAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        var seconds = (int)Math.Ceiling(grace.TotalSeconds);
        return OrNullAsync(
            $"delete pod {name}",
            token => Core.DeleteNamespacedPodAsync(name, Namespace, gracePeriodSeconds: seconds, cancellationToken: token),
            cancellationToken);
    }

    /// <summary>Deletes a Secret.</summary>
    public Task DeleteSecretAsync(string name, CancellationToken cancellationToken) => OrNullAsync(
        $"delete Secret {name}", token => Core.DeleteNamespacedSecretAsync(name, Namespace, cancellationToken: token), cancellationToken);

    /// <summary>Deletes a pod, Secret or Lease as it was seen; false where it has changed since, or is gone.</summary>
    public async Task<bool> DeleteUnchangedAsync(string kind, V1ObjectMeta seen, TimeSpan grace, CancellationToken cancellationToken)
    {
        var only = new V1DeleteOptions
        {
            GracePeriodSeconds = kind == "Pod" ? (long)Math.Ceiling(grace.TotalSeconds) : null,
            Preconditions = new V1Preconditions { Uid = seen.Uid, ResourceVersion = seen.ResourceVersion },
        };
        return await UnlessChangedAsync<object>(
            $"delete {kind} {seen.Name}",
            async token => kind switch
            {
                "Pod" => await Core.DeleteNamespacedPodAsync(seen.Name, Namespace, only, cancellationToken: token),
                "Secret" => await Core.DeleteNamespacedSecretAsync(seen.Name, Namespace, only, cancellationToken: token),
                _ => await Coordination.DeleteNamespacedLeaseAsync(seen.Name, Namespace, only, cancellationToken: token),
            },
            cancellationToken) is not null;
    }

    /// <summary>Leases of agents.</summary>
    public async Task<IList<V1Lease>> ListLeasesAsync(string selector, CancellationToken cancellationToken)
    {
        var list = await _api.CallAsync(
            "list Leases",
            token => Coordination.ListNamespacedLeaseAsync(Namespace, labelSelector: selector, cancellationToken: token),
            cancellationToken);
        return list.Items;
    }

    /// <summary>Writes when an agent was last alive; creates its lease where it is missing.</summary>
    public async Task RenewLeaseAsync(V1Lease lease, CancellationToken cancellationToken)
    {
        var name = lease.Metadata.Name;
        var patch = MergePatch("spec", new V1LeaseSpec { RenewTime = lease.Spec.RenewTime, HolderIdentity = lease.Spec.HolderIdentity });
        var renewed = await OrNullAsync(
            $"renew Lease {name}",
            token => Coordination.PatchNamespacedLeaseAsync(patch, name, Namespace, cancellationToken: token),
            cancellationToken);
        if (renewed is null)
        {
            await _api.CallAsync(
                $"create Lease {name}",
                token => Coordination.CreateNamespacedLeaseAsync(lease, Namespace, cancellationToken: token),
                cancellationToken);
        }
    }

    /// <summary>Writes a lease's annotations; creates it where it is missing.</summary>
    public async Task KeepLeaseAsync(V1Lease lease, CancellationToken cancellationToken)
    {
        var name = lease.Metadata.Name;
        var patch = MergePatch("metadata", new Dictionary<string, object> { ["annotations"] = lease.Metadata.Annotations });
        var kept = await OrNullAsync(
            $"write Lease {name}",
            token => Coordination.PatchNamespacedLeaseAsync(patch, name, Namespace, cancellationToken: token),
            cancellationToken);
        if (kept is null)
        {
            await _api.CallAsync(
                $"create Lease {name}",
                token => Coordination.CreateNamespacedLeaseAsync(lease, Namespace, cancellationToken: token),
                cancellationToken);
        }
    }

    /// <summary>Owners of jobs' pods, and of launches that have no pod yet, of any instance.</summary>
    public async Task<IReadOnlySet<string>> ListOwnersAsync(CancellationToken cancellationToken)
    {
        const string Ours = $"{PodLabels.ManagedBy}={PodLabels.Us}";
        var pods = await ListPodsAsync(Ours, cancellationToken);
        var secrets = await ListSecretsAsync($"{Ours},{PodLabels.Launching}", cancellationToken);
        return pods.Select(pod => pod.Metadata).Concat(secrets.Select(secret => secret.Metadata))
            .Select(metadata => metadata.Annotations?.TryGetValue(PodLabels.Owner, out var owner) == true ? owner : null)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>All pods of a selector.</summary>
    public async Task<IList<V1Pod>> ListPodsAsync(string selector, CancellationToken cancellationToken)
    {
        var list = await _api.CallAsync(
            "list pods", token => Core.ListNamespacedPodAsync(Namespace, labelSelector: selector, cancellationToken: token), cancellationToken);
        return list.Items;
    }

    /// <summary>Removes a lease.</summary>
    public Task DeleteLeaseAsync(string name, CancellationToken cancellationToken) => OrNullAsync(
        $"delete Lease {name}",
        token => Coordination.DeleteNamespacedLeaseAsync(name, Namespace, cancellationToken: token),
        cancellationToken);

    private static V1Patch MetadataPatch(
        V1ObjectMeta metadata, IReadOnlyDictionary<string, string> annotations, IReadOnlyDictionary<string, string> labels) =>
        MergePatch("metadata", MetadataOf(metadata, annotations, labels));

    private static Dictionary<string, object> MetadataOf(
        V1ObjectMeta metadata, IReadOnlyDictionary<string, string> annotations, IReadOnlyDictionary<string, string> labels) => new()
        {
            ["resourceVersion"] = metadata.ResourceVersion, // the API server refuses the patch where the object has changed since
            ["annotations"] = annotations,
            ["labels"] = labels,
        };

    private static V1Patch MergePatch(string part, object value) =>
        new(new Dictionary<string, object> { [part] = value }, V1Patch.PatchType.MergePatch);

    private async Task<T?> UnlessChangedAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await OrNullAsync(what, call, cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsConflict(error))
        {
            return null;
        }
    }

    private async Task<T?> OrNullAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await _api.CallAsync(what, call, cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsNotFound(error))
        {
            return null;
        }
    }
}
