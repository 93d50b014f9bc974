using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>Ends the job of a pod on request, so that its worker can report it wherever there is one.</summary>
/// <remarks>
/// 1. The worker is asked through an exec, a few times where the pod is about to start.
/// 2. Where that does not reach it, the pod is deleted with the grace, which keeps containers from starting. A pod without a node, or one that
///    cannot start, is deleted at once.
/// 3. The worker is asked again until it hears: from the deletion it knows only that its pod is taken away, and a kubelet before 1.22 to which
///    that comes while containers start may hold it for a minute and more and let them run (seen on 1.20). A pod of which no worker was seen is
///    taken away without waiting for its node.
/// 4. What still runs after the grace is killed.
/// </remarks>
internal sealed class PodCanceller(PodContext context, JobId jobId, string podName)
{
    private const int TriesBeforeDeletion = 5;
    private const int TriesAfterDeletion = 5;

    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Steps 1 and 2. Gives whether the worker heard.</summary>
    /// <param name="latest">The pod as last seen.</param>
    /// <param name="ended">Completes when the job is over.</param>
    /// <param name="grace">How long the worker has.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="InfrastructureException">Neither could be done.</exception>
    public async Task<bool> AskAsync(Func<V1Pod> latest, Task ended, TimeSpan grace, CancellationToken cancellationToken)
    {
        var problem = "it cannot start";
        for (var tries = 0; tries < TriesBeforeDeletion && MayStart(latest()); tries++)
        {
            problem = await AskOnceAsync(grace, cancellationToken);
            if (problem is null || ended.IsCompleted)
            {
                return true;
            }

            await Task.Delay(StartInterval, context.Time, cancellationToken);
        }

        context.Logger.CancelByDeletion(jobId, podName, problem);
        await context.Cluster.DeletePodAsync(podName, grace, cancellationToken);
        return false;
    }

    /// <summary>A turn of step 3. Gives whether the worker heard, or its pod is taken away.</summary>
    /// <param name="earlierTries">How often it was asked before.</param>
    /// <param name="isWorkerSeen">Whether it ever ran.</param>
    /// <param name="grace">How long it has.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="InfrastructureException">The pod could not be taken away.</exception>
    public async Task<bool> AskAgainAsync(int earlierTries, bool isWorkerSeen, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (earlierTries >= TriesAfterDeletion && !isWorkerSeen)
        {
            await context.Cluster.DeletePodAsync(podName, TimeSpan.Zero, cancellationToken);
            return true;
        }

        return await AskOnceAsync(grace, cancellationToken) is null;
    }

    /// <summary>Step 4.</summary>
    /// <exception cref="InfrastructureException">The pod could not be deleted.</exception>
    public Task KillAsync(CancellationToken cancellationToken) => context.Cluster.DeletePodAsync(podName, KillGrace, cancellationToken);

    // A worker that runs may wait for a service that cannot start.
    private static bool MayStart(V1Pod pod) =>
        PodTimes.JobStatus(pod)?.State?.Running is not null || (!string.IsNullOrEmpty(pod.Spec?.NodeName) && StartObstacle.Find(pod) is null);

    // What kept the worker from hearing, or null: it heard.
    private async Task<string?> AskOnceAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        try
        {
            var seconds = ((int)Math.Ceiling(grace.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            var exitCode = await context.Cluster.Streams.ExecAsync(
                podName, ContainerNames.Job, [PodPaths.Worker, "cancel", "--grace", seconds], ReadOnlyMemory<byte>.Empty, cancellationToken);
            return exitCode == 0 ? null : $"runner-worker cancel {ExitText.Of(exitCode)}";
        }
        catch (InfrastructureException error)
        {
            return error.Message;
        }
    }
}
