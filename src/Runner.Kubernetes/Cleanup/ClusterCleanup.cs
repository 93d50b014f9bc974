using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Cleanup;

/// <summary>Looks in a namespace for what agents and local runs of any installation left there, and removes it.</summary>
public sealed class ClusterCleanup(ClusterConnection connection, TimeProvider time)
{
    private const string Ours = $"{PodLabels.ManagedBy}={PodLabels.Us}";

    // One that still runs has a moment to see its signal.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly JobCluster _cluster = new(connection, time, NullLogger.Instance);

    /// <summary>What nobody looks after.</summary>
    /// <exception cref="OperatorException">The rights to look are missing.</exception>
    /// <exception cref="InfrastructureException">The cluster could not be asked.</exception>
    public async Task<IReadOnlyList<LeftOver>> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Leases first: an agent that comes meanwhile is then not known, but nothing of it is old enough.
            var leases = await _cluster.ListLeasesAsync(Ours, cancellationToken);
            var pods = await _cluster.ListPodsAsync($"{Ours},{PodLabels.JobId}", cancellationToken);
            List<k8s.Models.V1Secret> secrets =
            [
                .. await _cluster.ListSecretsAsync($"{Ours},{PodLabels.JobId}", cancellationToken),
                .. await _cluster.ListSecretsAsync($"{Ours},{PodLabels.Taken}", cancellationToken),
            ];
            return LeftOverRules.Find(pods, secrets.DistinctBy(secret => secret.Metadata.Name), leases, time.GetUtcNow());
        }
        catch (InfrastructureException error) when (ApiErrors.IsLackOfRights(error))
        {
            throw new OperatorException(error.Message, error);
        }
    }

    /// <summary>Removes one. It is no mistake that it is gone already.</summary>
    /// <exception cref="InfrastructureException">It could not be removed.</exception>
    public Task RemoveAsync(LeftOver left, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Kind switch
        {
            "Pod" => _cluster.DeletePodAsync(left.Name, Grace, cancellationToken),
            "Secret" => _cluster.DeleteSecretAsync(left.Name, cancellationToken),
            _ => _cluster.DeleteLeaseAsync(left.Name, cancellationToken),
        };
    }
}
