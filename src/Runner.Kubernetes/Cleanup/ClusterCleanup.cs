using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Cleanup;

/// <summary>Looks in a namespace for what agents and local runs of any installation left there, and removes it.</summary>
public sealed class ClusterCleanup(ClusterConnection connection)
{
    private const string Ours = $"{PodLabels.ManagedBy}={PodLabels.Us}";

    // One that still runs has a moment to see its signal.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly JobCluster _cluster = new(connection, TimeProvider.System, NullLogger.Instance);

    /// <summary>The time by the cluster's clock, to the second: whether an agent lives is told by it.</summary>
    /// <exception cref="InfrastructureException">The cluster could not be asked.</exception>
    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => _cluster.ReadTimeAsync(cancellationToken);

    /// <summary>What nobody looks after.</summary>
    /// <exception cref="OperatorException">The rights to look are missing.</exception>
    /// <exception cref="InfrastructureException">The cluster could not be asked.</exception>
    public async Task<IReadOnlyList<LeftOver>> FindAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            List<V1Pod> pods =
            [
                .. await _cluster.ListPodsAsync($"{Ours},{PodLabels.JobId}", cancellationToken),
                .. await _cluster.ListPodsAsync($"{Ours},{PodLabels.Warm},!{PodLabels.JobId}", cancellationToken),
            ];
            List<V1Secret> secrets =
            [
                .. await _cluster.ListSecretsAsync($"{Ours},{PodLabels.JobId}", cancellationToken),
                .. await _cluster.ListSecretsAsync($"{Ours},{PodLabels.Taken}", cancellationToken),
            ];

            // Last: an agent that comes meanwhile is seen to live.
            var leases = await _cluster.ListLeasesAsync(Ours, cancellationToken);
            return LeftOverRules.Find(pods, secrets.DistinctBy(secret => secret.Metadata.Name), leases, now);
        }
        catch (InfrastructureException error) when (ApiErrors.IsLackOfRights(error))
        {
            throw new OperatorException(error.Message, error);
        }
    }

    /// <summary>Removes one; false where it has changed since it was seen, as by an agent that took it up, or is gone already.</summary>
    /// <exception cref="InfrastructureException">It could not be removed.</exception>
    public Task<bool> RemoveAsync(LeftOver left, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(left);
        return _cluster.DeleteUnchangedAsync(left.Kind, left.Seen, Grace, cancellationToken);
    }
}
