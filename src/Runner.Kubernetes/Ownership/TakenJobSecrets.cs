using System.Collections.Concurrent;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Ownership;

/// <summary>Jobs that agents have taken and not launched yet, a Secret each. A launched job has a Secret of its own, under its own name.</summary>
internal sealed class TakenJobSecrets(JobCluster cluster, AgentLease lease, string agent, string instance) : ITakenJobs
{
    private const string NamePrefix = "runner-taken-";
    private const string Key = "job";

    // What this agent has in hand: of its other records nobody knows why they are there, as of one whose creation was not answered.
    private readonly ConcurrentDictionary<string, byte> _held = new(StringComparer.Ordinal);

    private string Selector => $"{PodLabels.ManagedBy}={PodLabels.Us},{PodLabels.Instance}={instance},{PodLabels.Taken}";

    /// <inheritdoc/>
    public async Task KeepAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await lease.Held.WaitAsync(cancellationToken);
        _held[name] = 0;
        try
        {
            await cluster.CreateSecretAsync(Build(name, content), cancellationToken);
        }
        catch
        {
            LetGo(name);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, byte[]>> TakeAbandonedAsync(CancellationToken cancellationToken)
    {
        await lease.Held.WaitAsync(cancellationToken);
        var living = await lease.FindLivingAsync(cancellationToken);
        var taken = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var secret in await cluster.ListSecretsAsync(Selector, cancellationToken))
        {
            var name = secret.Metadata.Name.StartsWith(NamePrefix, StringComparison.Ordinal) ? secret.Metadata.Name[NamePrefix.Length..] : string.Empty;
            var owner = PodLabels.OwnerOf(secret.Metadata);
            var isAbandoned = owner == agent ? !_held.ContainsKey(name) : living.IsGone(owner);
            if (name.Length > 0 && isAbandoned && await ClaimAsync(secret, cancellationToken))
            {
                _held[name] = 0;
                taken[name] = secret.Data?.TryGetValue(Key, out var content) == true ? content : [];
            }
        }

        return taken;
    }

    /// <inheritdoc/>
    public void LetGo(string name) => _held.TryRemove(name, out _);

    /// <inheritdoc/>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await cluster.DeleteSecretAsync(NamePrefix + name, cancellationToken);
        LetGo(name);
    }

    // Where somebody else was faster, it is that one's.
    private async Task<bool> ClaimAsync(V1Secret secret, CancellationToken cancellationToken) =>
        await cluster.PatchSecretAsync(secret, new Dictionary<string, string> { [PodLabels.Owner] = agent }, cancellationToken) is not null;

    private V1Secret Build(string name, ReadOnlyMemory<byte> content) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Type = "Opaque",
        Metadata = new V1ObjectMeta
        {
            Name = NamePrefix + name,
            NamespaceProperty = cluster.Namespace,
            Labels = new Dictionary<string, string>
            {
                [PodLabels.ManagedBy] = PodLabels.Us,
                [PodLabels.Instance] = instance,
                [PodLabels.Taken] = "true",
            },
            Annotations = new Dictionary<string, string> { [PodLabels.Owner] = agent },
        },
        Data = new Dictionary<string, byte[]> { [Key] = content.ToArray() },
    };
}
