using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Status;

/// <summary>Tells from a pod's status what became of its job. Pure: the same sighting gives the same verdict.</summary>
/// <remarks>
/// 1. A worker that left an outcome has the last word, whatever happened to its pod afterwards: if it is the worker's (steps can write
/// the termination log), and the way its process ended agrees.
/// 2. A job container that ended without one, a pod that failed or is gone: the job is lost; the status says why.
/// 3. A pod that ends: it has its grace period, then its node must be lost.
/// 4. A worker that runs.
/// 5. A pod that does not start: each obstacle has its deadline.
/// </remarks>
internal sealed class PodJudge(StartOptions limits)
{
    // What a kubelet may need beyond the grace period to say that a pod has ended: one of 1.20 took 98 s where the deletion came while
    // the containers started.
    private static readonly TimeSpan EndMargin = TimeSpan.FromMinutes(3);

    /// <summary>The verdict on a sighting.</summary>
    public PodVerdict Judge(PodSighting sighting)
    {
        var pod = sighting.Pod;
        var job = PodTimes.JobStatus(pod);

        // Step 1: the worker's own word.
        if (job?.State?.Terminated is { } terminated && OutcomeRules.Accept(terminated.Message, ChecksOf(pod), terminated.ExitCode) is { } outcome)
        {
            var removal = outcome.IsRemoval ? PodFailures.Removal(pod)?.Reason ?? FailureReason.Deleted : FailureReason.None;
            var times = PodTimes.Of(pod) with { FirstStep = outcome.FirstStep };
            return new PodVerdict.Over(new JobEnd
            {
                Outcome = outcome,
                Failure = removal,
                Message = PodFailures.Disruption(pod)?.Message,
                Unsent = LeftLog.Find(terminated.Message),
                WorkerStarted = true,
                Resources = ResourcesOf(pod),
                Times = times,
            });
        }

        // Step 2: lost.
        if (PodFailures.Find(sighting) is { } failure)
        {
            return Lost(pod, failure);
        }

        // Step 3: ending.
        if (PodTimes.At(pod.Metadata.DeletionTimestamp) is { } deadline)
        {
            return sighting.Now > deadline + EndMargin
                ? Lost(pod, new PodFailure(FailureReason.NodeLost, PodMessages.NodeLost(pod)))
                : Alive(pod, job, deadline + EndMargin);
        }

        // Steps 4 and 5.
        return job?.State?.Running is not null
            ? new PodVerdict.Running(PodTimes.Of(pod), JudgeAgainAt: null) { Services = ServiceJudge.Judge(sighting, limits) }
            : Starting(sighting);
    }

    private static string? ChecksOf(V1Pod pod) =>
        pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(PodLabels.OutcomeChecks, out var checks) ? checks : null;

    private static PodVerdict Alive(V1Pod pod, V1ContainerStatus? job, DateTimeOffset? judgeAgainAt) => job?.State?.Running is not null
        ? new PodVerdict.Running(PodTimes.Of(pod), judgeAgainAt)
        : new PodVerdict.Waiting(judgeAgainAt, IsStartFailing: false);

    private static PodVerdict.Over Lost(V1Pod pod, PodFailure failure)
    {
        var job = PodTimes.JobStatus(pod);
        var hasStarted = failure.WorkerStarted ?? HasRun(job);
        return new PodVerdict.Over(new JobEnd
        {
            Failure = failure.Reason,
            Message = failure.Message,
            Unsent = LeftLog.Find((job?.State?.Terminated ?? job?.LastState?.Terminated)?.Message),
            WorkerStarted = hasStarted,
            IsPlaceAtFault = !hasStarted && failure.IsPlaceAtFault,
            Resources = ResourcesOf(pod),
            Times = PodTimes.Of(pod),
        });
    }

    private static PlaceResources? ResourcesOf(V1Pod pod)
    {
        if (pod.Spec?.Containers?.FirstOrDefault(container => container.Name == ContainerNames.Job)?.Resources is not { } resources)
        {
            return null;
        }

        return new PlaceResources
        {
            CpuRequest = Find(resources.Requests, "cpu"),
            CpuLimit = Find(resources.Limits, "cpu"),
            MemoryRequest = Find(resources.Requests, "memory"),
            MemoryLimit = Find(resources.Limits, "memory"),
        };
    }

    private static decimal? Find(IDictionary<string, ResourceQuantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;

    // A pod that is replaced by the kubelet's word only (eviction) may lack the state but not the container's id. Of a container that it
    // no longer finds when the pod ends, the kubelet says "waiting" and puts what was into the last state.
    private static bool HasRun(V1ContainerStatus? job) => job is not null
        && (job.State?.Running is not null || job.State?.Terminated is not null || job.LastState?.Terminated is not null
            || !string.IsNullOrEmpty(job.ContainerID));

    private PodVerdict Starting(PodSighting sighting)
    {
        var pod = sighting.Pod;
        var created = PodTimes.At(pod.Metadata.CreationTimestamp) ?? sighting.Now;
        if (PodTimes.Condition(pod, "PodScheduled") is not { Status: "True" } && string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            return Until(
                created + limits.SchedulingDeadline,
                sighting,
                () => new PodFailure(FailureReason.Unschedulable, PodMessages.Unschedulable(pod, limits.SchedulingDeadline)));
        }

        if (StartObstacle.Find(pod)?.MoreTelling(sighting.Obstacle) is { } obstacle)
        {
            var since = sighting.StartFailingSince ?? sighting.Now;
            var patience = obstacle.Patience(limits);
            return sighting.Now >= since + patience
                ? Lost(pod, new PodFailure(obstacle.Failure, PodMessages.NotStarting(obstacle, sighting.Now - since)) { IsPlaceAtFault = obstacle.IsOfSetup })
                : new PodVerdict.Waiting(since + patience, IsStartFailing: true);
        }

        var scheduled = PodTimes.Of(pod).Scheduled ?? created;
        return Until(
            scheduled + limits.StartDeadline,
            sighting,
            () => new PodFailure(FailureReason.ContainerStart, PodMessages.NotStarted(pod, limits.StartDeadline)) { IsPlaceAtFault = true });
    }

    private static PodVerdict Until(DateTimeOffset deadline, PodSighting sighting, Func<PodFailure> failure) =>
        sighting.Now >= deadline
        ? Lost(sighting.Pod, failure())
        : new PodVerdict.Waiting(deadline, IsStartFailing: false);
}
