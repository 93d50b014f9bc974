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
internal sealed class PodCanceller(PodContext services, JobId jobId, string podName, TimeSpan grace)
{
    private const int TriesBeforeDeletion = 5;
    private const int TriesAfterDeletion = 5;

    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AskAgainInterval = TimeSpan.FromSeconds(2);

    private readonly long _start = services.Time.GetTimestamp();
    private bool _isHeard;

    /// <summary>How long the worker has.</summary>
    public TimeSpan Grace => grace;

    /// <summary>Steps 1 and 2.</summary>
    /// <param name="latest">The pod as last seen.</param>
    /// <param name="ended">Completes when the job is over.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="InfrastructureException">Neither could be done.</exception>
    public async Task AskAsync(Func<V1Pod> latest, Task ended, CancellationToken cancellationToken)
    {
        var problem = "it cannot start";
        for (var tries = 0; tries < TriesBeforeDeletion && MayStart(latest()); tries++)
        {
            problem = await AskOnceAsync(cancellationToken);
            if (problem is null || ended.IsCompleted)
            {
                return;
            }

            await Task.Delay(StartInterval, services.Time, cancellationToken);
        }

        services.Logger.CancelByDeletion(jobId, podName, problem);
        await services.Cluster.DeletePodAsync(podName, grace, cancellationToken);
    }

    /// <summary>Steps 3 and 4. Ends when there is nothing more to do, and at once when it is cancelled because the job is over.</summary>
    public async Task SeeToEndAsync(Func<bool> isWorkerSeen, CancellationToken cancellationToken)
    {
        try
        {
            for (var tries = 0; !_isHeard && Left > AskAgainInterval; tries++)
            {
                if (tries == TriesAfterDeletion && !isWorkerSeen())
                {
                    await services.Cluster.DeletePodAsync(podName, TimeSpan.Zero, cancellationToken);
                    return;
                }

                await Task.Delay(AskAgainInterval, services.Time, cancellationToken);
                await AskOnceAsync(cancellationToken);
            }

            await Task.Delay(Left, services.Time, cancellationToken);
            services.Logger.PodKilled(jobId, podName, grace.TotalSeconds);
            await services.Cluster.DeletePodAsync(podName, KillGrace, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return; // it ended in time
        }
        catch (InfrastructureException error)
        {
            services.Logger.PodNotRemoved(jobId, podName, error.Message);
        }
    }

    private TimeSpan Left => TimeSpan.FromTicks(Math.Max(0, (grace - services.Time.GetElapsedTime(_start)).Ticks));

    // A worker that runs may wait for a service that cannot start.
    private static bool MayStart(V1Pod pod) =>
        PodTimes.JobStatus(pod)?.State?.Running is not null || (!string.IsNullOrEmpty(pod.Spec?.NodeName) && StartObstacle.Find(pod) is null);

    // What kept the worker from hearing, or null: it heard.
    private async Task<string?> AskOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var seconds = ((int)Math.Ceiling(grace.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            var exitCode = await services.Cluster.ExecAsync(
                podName, ContainerNames.Job, [PodPaths.Worker, "cancel", "--grace", seconds], ReadOnlyMemory<byte>.Empty, cancellationToken);
            _isHeard = exitCode == 0;
            return _isHeard ? null : $"runner-worker cancel {ExitText.Of(exitCode)}";
        }
        catch (InfrastructureException error)
        {
            return error.Message;
        }
    }
}
