using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>Removes the pods of jobs that are over, but for the last few that the clean-up policy keeps for a while for a look.</summary>
/// <remarks>What is kept says so by a label, so that any agent of the installation knows it, also after a restart.</remarks>
internal sealed class FinishedPods(JobCluster cluster, CleanupOptions policy, string instance, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    // A job that still runs has a moment to see its signal; nobody waits for its report any more.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    // Containers beside a job that is over have nothing to save for anybody.
    private static readonly TimeSpan OthersGrace = TimeSpan.FromSeconds(1);

    // Where nothing is kept, what other settings kept before is looked for all the same.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(10);

    private static readonly Dictionary<string, string> None = [];

    /// <summary>Removes a job's Secret, and its pod where that is not kept.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="end">How the job ended; <c>null</c>: it has not and is stopped.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    public async Task RemoveAsync(V1Pod pod, JobEnd? end, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name;
        await cluster.DeleteSecretAsync(PodLabels.SecretOf(pod.Metadata), cancellationToken);
        if (end is null)
        {
            await cluster.DeletePodAsync(name, StopGrace, cancellationToken);
            return;
        }

        var hasOthers = (pod.Spec?.Containers ?? []).Any(container => container.Name != ContainerNames.Job);
        var isSuccess = end.Outcome?.Conclusion is Conclusion.Succeeded or Conclusion.SucceededWithIssues;
        if (hasOthers || LimitOf(isSuccess) == 0 || policy.TtlSecondsAfterFinished == 0)
        {
            await cluster.DeletePodAsync(name, hasOthers ? OthersGrace : AtOnce, cancellationToken); // the others would run on
            return;
        }

        var label = isSuccess ? PodLabels.Succeeded : PodLabels.Failed;
        await cluster.PatchPodAsync(pod, None, new Dictionary<string, string> { [PodLabels.Finished] = label }, cancellationToken);
        await RemoveSurplusAsync(cancellationToken);
    }

    /// <summary>Looks from time to time for those that need not be kept any longer, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(policy is { SuccessfulJobsHistoryLimit: 0, FailedJobsHistoryLimit: 0 } ? IdleInterval : Interval, time);
        do
        {
            try
            {
                await RemoveSurplusAsync(cancellationToken);
            }
            catch (InfrastructureException error)
            {
                logger.FinishedPodsKept(error.Message); // the next look finds them
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task RemoveSurplusAsync(CancellationToken cancellationToken)
    {
        var finished = await cluster.ListPodsAsync(PodLabels.FinishedSelector(instance), cancellationToken);
        foreach (var pod in KeptPods.Surplus(finished, policy, time.GetUtcNow()).ToList())
        {
            await cluster.DeletePodAsync(pod.Metadata.Name, AtOnce, cancellationToken);
        }
    }

    private int LimitOf(bool isSuccess) => isSuccess ? policy.SuccessfulJobsHistoryLimit : policy.FailedJobsHistoryLimit;
}
