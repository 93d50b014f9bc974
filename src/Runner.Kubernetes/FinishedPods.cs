using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>Removes the pods of jobs that are over, but for the last few that the clean-up policy keeps for a look.</summary>
internal sealed class FinishedPods(JobCluster cluster, CleanupOptions policy)
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    // A job that still runs has a moment to see its signal; nobody waits for its report any more.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    // Services of a job that is over have nothing to save for anybody.
    private static readonly TimeSpan ServiceGrace = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, string> None = [];

    private readonly Lock _gate = new();
    private readonly Queue<string> _succeeded = new();
    private readonly Queue<string> _failed = new();

    /// <summary>Removes a job's Secret, and its pod or an older one that was kept.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="end">How the job ended; <c>null</c>: it has not and is stopped.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    public async Task RemoveAsync(V1Pod pod, JobEnd? end, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        await cluster.DeleteSecretAsync(name, cancellationToken);
        if (end is null)
        {
            await cluster.DeletePodAsync(name, StopGrace, cancellationToken);
            return;
        }

        if (ServiceJudge.ServicesOf(pod).Any())
        {
            await cluster.DeletePodAsync(name, ServiceGrace, cancellationToken); // never kept: they would run on in it
            return;
        }

        var isSuccess = end.Outcome?.Conclusion is Conclusion.Succeeded or Conclusion.SucceededWithIssues;
        var surplus = Keep(name, isSuccess);
        if (surplus != name)
        {
            await cluster.PatchPodAsync(pod, None, new Dictionary<string, string> { [PodLabels.Finished] = "true" }, cancellationToken);
        }

        if (surplus is not null)
        {
            await cluster.DeletePodAsync(surplus, AtOnce, cancellationToken);
        }
    }

    // The pod that is one too many now: an older one, this one, or none.
    private string? Keep(string name, bool isSuccess)
    {
        var (queue, limit) = isSuccess ? (_succeeded, policy.SuccessfulJobsHistoryLimit) : (_failed, policy.FailedJobsHistoryLimit);
        lock (_gate)
        {
            queue.Enqueue(name);
            return queue.Count > limit ? queue.Dequeue() : null;
        }
    }
}
