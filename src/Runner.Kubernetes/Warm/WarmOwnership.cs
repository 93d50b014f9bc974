using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Ownership;

namespace Runner.Kubernetes.Warm;

/// <summary>Which of the pods that wait are this agent's: its own, and those of agents that are gone, which are this one's from then on.</summary>
internal sealed class WarmOwnership(JobCluster cluster, AgentLease lease, string owner, TimeProvider time)
{
    // Which agents live costs a call, and pods are looked at with each change of one.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    private DateTimeOffset _nextLook;

    /// <summary>This agent's.</summary>
    /// <param name="all">Pods of the installation that wait.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">The API server could not be asked.</exception>
    public async Task<IReadOnlyList<V1Pod>> FindAsync(ICollection<V1Pod> all, CancellationToken cancellationToken)
    {
        var ours = all.Where(IsOurs).ToList();
        if (ours.Count == all.Count || time.GetUtcNow() < _nextLook)
        {
            return ours;
        }

        _nextLook = time.GetUtcNow() + BetweenLooks;
        var living = await lease.FindLivingAsync(cancellationToken);
        var claim = new Dictionary<string, string> { [PodLabels.Owner] = owner };
        foreach (var pod in all.Where(pod => !IsOurs(pod) && living.IsGone(PodLabels.OwnerOf(pod.Metadata))))
        {
            if (await cluster.PatchPodAsync(pod, claim, new Dictionary<string, string>(), cancellationToken) is { } claimed)
            {
                ours.Add(claimed);
            }
        }

        return ours;
    }

    private bool IsOurs(V1Pod pod) => PodLabels.OwnerOf(pod.Metadata) == owner;
}
