using k8s.Models;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Status;

/// <summary>Tells from a pod's status whether the services of its job are ready. Pure.</summary>
/// <remarks>
/// <list type="number">
/// <item>The kubelet starts them before the job's container, in the spec's order, but waits for none. They come first because a kubelet that
/// pulls an image tells nothing of containers that it has started already.</item>
/// <item>The worker waits with the first step until the agent, which watches the pod, says that all are ready (<see cref="PodWord"/>), or
/// which one is not: that step fails then, and those that run after a failure run.</item>
/// <item>A check is a start-up probe, so the kubelet ends a service that does not become healthy. One before 1.25 gives it the pod's whole grace for
/// that, and is not waited for.</item>
/// <item>One without a check is not waited for once it has started, also where it has ended by then: its work may be done (a migration), as on
/// GitHub.</item>
/// <item>They do not keep the job from ending: its own container's end is the job's. They keep the pod from ending, so it is always removed.</item>
/// </list>
/// </remarks>
internal static class ServiceJudge
{
    // A kubelet waits up to a period before the first check, lest those of many pods come at once, and needs a moment to tell.
    private const int PeriodsBeforeFirstCheck = 1;
    private static readonly TimeSpan TellMargin = TimeSpan.FromSeconds(5);

    /// <summary>The services of a pod.</summary>
    public static IEnumerable<V1Container> ServicesOf(V1Pod pod) => (pod.Spec?.Containers ?? []).Where(container => ContainerNames.IsService(container.Name));

    /// <summary>What a sighting says of its services; the worst of them counts. <c>null</c>: it has none.</summary>
    public static ServiceReadiness? Judge(PodSighting sighting, StartOptions limits)
    {
        var all = ServicesOf(sighting.Pod).Select(service => Judge(service, sighting, limits)).ToList();
        return all.OfType<ServiceReadiness.Failed>().FirstOrDefault()
            ?? all.OfType<ServiceReadiness.Waiting>().MinBy(waiting => waiting.JudgeAgainAt)
            ?? all.FirstOrDefault();
    }

    private static ServiceReadiness Judge(V1Container service, PodSighting sighting, StartOptions limits)
    {
        var status = sighting.Pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == service.Name);
        switch (status?.State)
        {
            case { Terminated: { } ended } when service.StartupProbe is null && !StartFailures.Is(ended):
                return new ServiceReadiness.Ready();
            case { Terminated: not null }:
                return new ServiceReadiness.Failed(service.Name, PodMessages.ServiceFailed(sighting.Pod, status));
            case { Running: { } running }:
                return IsUp(status) ? new ServiceReadiness.Ready() : Checked(service, PodTimes.At(running.StartedAt) ?? sighting.Now, sighting);
            default:
                return Starting(service, sighting, limits);
        }
    }

    // A kubelet of 1.20 tells at once that the check was passed, and up to a minute later that the container is ready.
    private static bool IsUp(V1ContainerStatus status) => status.Ready || status.Started == true;

    private static ServiceReadiness Checked(V1Container service, DateTimeOffset started, PodSighting sighting)
    {
        if (service.StartupProbe is not { } probe)
        {
            return new ServiceReadiness.Waiting(JudgeAgainAt: null); // the kubelet is about to say that it is ready
        }

        var periods = (probe.FailureThreshold ?? 1) + PeriodsBeforeFirstCheck;
        var limit = TimeSpan.FromSeconds((periods * (probe.PeriodSeconds ?? 1)) + (probe.TimeoutSeconds ?? 1));
        return sighting.Now < started + limit + TellMargin
            ? new ServiceReadiness.Waiting(started + limit + TellMargin)
            : new ServiceReadiness.Failed(service.Name, PodMessages.ServiceUnhealthy(service, limit));
    }

    private static ServiceReadiness Starting(V1Container service, PodSighting sighting, StartOptions limits)
    {
        if (StartObstacle.Find(sighting.Pod, service.Name)?.MoreTelling(sighting.Obstacle) is { } obstacle)
        {
            var since = sighting.StartFailingSince ?? sighting.Now;
            return sighting.Now >= since + obstacle.Patience(limits)
                ? new ServiceReadiness.Failed(service.Name, PodMessages.NotStarting(obstacle, sighting.Now - since))
                : new ServiceReadiness.Waiting(since + obstacle.Patience(limits), IsStartFailing: true);
        }

        var deadline = (PodTimes.Of(sighting.Pod).Scheduled ?? sighting.Now) + limits.StartDeadline;
        return sighting.Now < deadline
            ? new ServiceReadiness.Waiting(deadline)
            : new ServiceReadiness.Failed(service.Name, PodMessages.NotStarted(sighting.Pod, limits.StartDeadline));
    }
}
