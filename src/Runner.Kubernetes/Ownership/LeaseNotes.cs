using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Ownership;

/// <summary>Notes of agents in the cluster, a Lease each: agents have the right to write these already.</summary>
internal sealed class LeaseNotes(JobCluster cluster, string instance) : IAgentNotes
{
    private const int MarkLength = 8;

    // Other installations may have notes of the same names in the namespace.
    private readonly string _prefix = $"runner-note-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)))[..MarkLength]}-";

    /// <inheritdoc/>
    public Task KeepAsync(string name, string text, CancellationToken cancellationToken) => cluster.KeepLeaseAsync(
        new V1Lease
        {
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = new V1ObjectMeta
            {
                Name = _prefix + name,
                NamespaceProperty = cluster.Namespace,
                Labels = new Dictionary<string, string>
                {
                    [PodLabels.ManagedBy] = PodLabels.Us,
                    [PodLabels.Instance] = instance,
                    [PodLabels.Note] = "true",
                },
                Annotations = new Dictionary<string, string> { [PodLabels.Note] = text },
            },
            Spec = new V1LeaseSpec(),
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken)
    {
        var selector = $"{PodLabels.ManagedBy}={PodLabels.Us},{PodLabels.Instance}={instance},{PodLabels.Note}";
        var leases = await cluster.ListLeasesAsync(selector, cancellationToken);
        return leases.Where(lease => lease.Metadata.Name.StartsWith(_prefix, StringComparison.Ordinal)).ToDictionary(
            lease => lease.Metadata.Name[_prefix.Length..],
            lease => lease.Metadata.Annotations?.TryGetValue(PodLabels.Note, out var text) == true ? text : string.Empty,
            StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) => cluster.DeleteLeaseAsync(_prefix + name, cancellationToken);
}
