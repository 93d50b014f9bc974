using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Status;

/// <summary>Why a pod is lost.</summary>
/// <param name="Reason">The kind.</param>
/// <param name="Message">In words.</param>
/// <param name="WorkerStarted">Whether its worker ran; <c>null</c>: its status tells.</param>
internal sealed record PodFailure(FailureReason Reason, string Message, bool? WorkerStarted = null)
{
    /// <summary>Whether, if its worker did not run, the cluster or what the operator set is the reason, and not what the job asks for.</summary>
    public bool IsPlaceAtFault { get; init; } = Reason is FailureReason.Unschedulable or FailureReason.NodeLost;
}

/// <summary>Finds in a pod's status that it is lost, and why. Pure.</summary>
internal static class PodFailures
{
    /// <summary>The failure, or <c>null</c>: the pod is not lost.</summary>
    public static PodFailure? Find(PodSighting sighting)
    {
        var pod = sighting.Pod;
        var isEnding = sighting.IsGone || pod.Metadata.DeletionTimestamp is not null;
        if (!isEnding && FailedInit(pod) is { } init)
        {
            return init;
        }

        var hasEnded = pod.Status?.Phase is "Failed" or "Succeeded" || PodTimes.JobStatus(pod)?.State?.Terminated is not null;
        if (!sighting.IsGone && !hasEnded)
        {
            return null;
        }

        return OutOfMemory(pod) ?? Disruption(pod) ?? DeadWorker(sighting) ?? FailedPod(sighting);
    }

    /// <summary>Why a pod is being taken away, or <c>null</c>: it is not.</summary>
    public static PodFailure? Removal(V1Pod pod) =>
        Disruption(pod) ?? (pod.Metadata.DeletionTimestamp is null ? null : new PodFailure(FailureReason.Deleted, PodMessages.Deleted(pod)));

    /// <summary>What the cluster did to the pod as a whole, or <c>null</c>.</summary>
    public static PodFailure? Disruption(V1Pod pod)
    {
        var reason = pod.Status?.Reason ?? string.Empty;
        var detail = pod.Status?.Message;
        var condition = PodTimes.Condition(pod, "DisruptionTarget") is { Status: "True" } target ? target : null;
        return (reason, condition?.Reason) switch
        {
            ("Evicted", _) =>
                new PodFailure(FailureReason.Evicted, PodMessages.Evicted(pod, detail)),
            (_, "EvictionByEvictionAPI" or "DeletionByTaintManager") =>
                new PodFailure(FailureReason.Evicted, PodMessages.Evicted(pod, condition?.Message)),
            (_, "PreemptionByScheduler") or ("Preempting", _) =>
                new PodFailure(FailureReason.Preempted, PodMessages.Preempted(pod, condition?.Message ?? detail)),
            ("Shutdown" or "Terminated" or "NodeShutdown", _) =>
                new PodFailure(FailureReason.Evicted, PodMessages.NodeShutdown(pod, detail)),
            ("DeadlineExceeded", _) =>
                new PodFailure(FailureReason.TimedOut, PodMessages.RanTooLong(pod)),
            ("NodeLost", _) or (_, "DeletionByPodGC") =>
                new PodFailure(FailureReason.NodeLost, PodMessages.NodeLost(pod)),
            _ => null,
        };
    }

    private static PodFailure? FailedInit(V1Pod pod)
    {
        var failed = pod.Status?.InitContainerStatuses?.FirstOrDefault(status => status.State?.Terminated is { ExitCode: not 0 });
        if (failed?.State.Terminated is not { } terminated)
        {
            return null;
        }

        return terminated.Reason == "OOMKilled"
            ? new PodFailure(FailureReason.OutOfMemory, PodMessages.OutOfMemory(pod, failed.Name), WorkerStarted: false)
            : new PodFailure(FailureReason.ContainerStart, PodMessages.SetupFailed(failed.Name, terminated), WorkerStarted: false) { IsPlaceAtFault = true };
    }

    private static PodFailure? OutOfMemory(V1Pod pod) => PodTimes.JobStatus(pod)?.State?.Terminated is { Reason: "OOMKilled" }
        ? new PodFailure(FailureReason.OutOfMemory, PodMessages.OutOfMemory(pod, ContainerNames.Job))
        : null;

    private static PodFailure? DeadWorker(PodSighting sighting)
    {
        var pod = sighting.Pod;
        if (PodTimes.JobStatus(pod)?.State?.Terminated is not { } terminated)
        {
            return null;
        }

        if (StartFailures.Is(terminated))
        {
            return new PodFailure(FailureReason.ContainerStart, PodMessages.WorkerNotStarted(terminated), WorkerStarted: false);
        }

        return sighting.IsGone || pod.Metadata.DeletionTimestamp is not null
            ? new PodFailure(FailureReason.Deleted, PodMessages.Deleted(pod))
            : new PodFailure(FailureReason.WorkerDied, PodMessages.WorkerDied(terminated));
    }

    private static PodFailure FailedPod(PodSighting sighting)
    {
        var pod = sighting.Pod;
        if (sighting.IsGone || pod.Metadata.DeletionTimestamp is not null)
        {
            return new PodFailure(FailureReason.Deleted, PodMessages.Deleted(pod));
        }

        // The kubelet's refusals: OutOfcpu, OutOfmemory, OutOfpods, NodeAffinity, UnexpectedAdmissionError, …
        var reason = pod.Status?.Reason ?? "no reason given";
        return new PodFailure(FailureReason.Rejected, PodMessages.Refused(pod, reason), WorkerStarted: false) { IsPlaceAtFault = true };
    }
}
