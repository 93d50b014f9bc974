using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Status;

/// <summary>What the author of a workflow reads about a lost pod: what happened, with the numbers, and what helps. Pure.</summary>
internal static class PodMessages
{
    private const decimal Mebibyte = 1024m * 1024;

    // What a container ends with that a kubelet ends for its start-up probe: SIGTERM, and after the grace SIGKILL.
    private const int TerminatedByProbe = 128 + 15;
    private const int KilledByProbe = 128 + 9;

    /// <summary>What keeps a container from starting.</summary>
    public static string NotStarting(StartObstacle obstacle, TimeSpan tried) => obstacle.Failure switch
    {
        FailureReason.ImagePull => ImagePull(obstacle, tried),
        FailureReason.Rejected => RefusedUser(obstacle),
        _ => ContainerStart(obstacle, tried),
    };

    public static string ImagePull(StartObstacle obstacle, TimeSpan tried)
    {
        var whose = obstacle.Container == ContainerNames.Job ? "The job's image"
            : ContainerNames.IsAction(obstacle.Container) ? "The action's image"
            : $"The image of container '{obstacle.Container}'";
        var tries = tried < TimeSpan.FromSeconds(1) ? string.Empty : $", tried for {Duration(tried)}";
        return obstacle.Reason == "InvalidImageName"
            ? $"{whose}, '{obstacle.Image}', is no valid image name"
            : $"{whose}, '{obstacle.Image}', could not be pulled from {RegistryOf(obstacle.Image)} " +
                $"({obstacle.Reason}{tries}){Colon(obstacle.Detail)}";
    }

    public static string ContainerStart(StartObstacle obstacle, TimeSpan tried) =>
        $"Container '{obstacle.Container}' could not be created ({obstacle.Reason}, tried for {Duration(tried)}){Colon(obstacle.Detail)}";

    public static string SetupFailed(string container, V1ContainerStateTerminated terminated) =>
        $"The pod could not be set up: container '{container}' {ExitText.Of(terminated.ExitCode)}{Colon(terminated.Message)}";

    public static string ServiceFailed(V1Pod pod, V1ContainerStatus service)
    {
        var ended = service.State?.Terminated;
        var spec = StartObstacle.SpecOf(pod, service.Name);
        var how = ended switch
        {
            null => "ended before it was healthy",
            _ when StartFailures.Is(ended) => $"could not be started ({ended.Reason}{Colon(ended.Message)})",
            { ExitCode: KilledByProbe or TerminatedByProbe } when spec?.StartupProbe is { Exec.Command: [.., var check] } probe =>
                $"is not healthy: `{check}` failed {probe.FailureThreshold ?? 1} times",
            _ => $"{ExitText.Of(ended.ExitCode)} before it was healthy",
        };
        return $"{service.Name} ({spec?.Image}) {how}, so no step was run";
    }

    public static string RefusedUser(StartObstacle obstacle) =>
        $"Container '{obstacle.Container}' may not run as root here, and its image '{obstacle.Image}' has no user with a number but 0{Colon(obstacle.Detail)}."
        + " Give the image one (USER 1001), name one in the container's options (--user 1001), or have the platform's securityContext.runAsUser set";

    public static string ServiceUnhealthy(V1Container service, TimeSpan tried) =>
        $"{service.Name} ({service.Image}) was not healthy within {Duration(tried)}, so no step was run";

    public static string WorkerNotStarted(V1ContainerStateTerminated terminated) =>
        $"The worker could not be started in the job's container ({terminated.Reason}){Colon(terminated.Message)}";

    public static string NotStarted(V1Pod pod, TimeSpan deadline) =>
        $"The pod's containers did not start within {Duration(deadline)} on node '{pod.Spec?.NodeName}'";

    public static string Unschedulable(V1Pod pod, TimeSpan deadline)
    {
        var condition = PodTimes.Condition(pod, "PodScheduled");
        var detail = condition is null ? "no scheduler has looked at the pod" : condition.Message;
        return $"No node took the job's pod within {Duration(deadline)}{Colon(detail)}{Asked(pod)}";
    }

    public static string OutOfMemory(V1Pod pod, string container)
    {
        var whose = container == ContainerNames.Job ? "The job's container" : $"Container '{container}'";
        var limits = StartObstacle.SpecOf(pod, container)?.Resources?.Limits;
        if (limits is null || !limits.TryGetValue(NodeLabels.Memory, out var limit))
        {
            return $"{whose} was killed because node '{pod.Spec?.NodeName}' ran out of memory (it has no memory limit of its own)";
        }

        return $"{whose} was killed because it used more than its memory limit of {limit}; " +
            $"ask for more, with a label such as memory={Double(limit)}";
    }

    public static string Evicted(V1Pod pod, string? detail) => $"The job's pod was evicted from node '{pod.Spec?.NodeName}'{Colon(detail)}";

    public static string Preempted(V1Pod pod, string? detail) =>
        $"The job's pod had to make room on node '{pod.Spec?.NodeName}' for one of higher priority{Colon(detail)}";

    public static string RanTooLong(V1Pod pod) =>
        $"The job's pod ran for longer than a pod may here{(pod.Spec?.ActiveDeadlineSeconds is { } seconds ? $", {Duration(TimeSpan.FromSeconds(seconds))}" : string.Empty)} (kubernetes.maxJobTime), and the cluster ended it";

    public static string NodeShutdown(V1Pod pod, string? detail) =>
        $"Node '{pod.Spec?.NodeName}' was shut down under the job{Colon(detail)}";

    public static string NodeLost(V1Pod pod) => $"Node '{pod.Spec?.NodeName}', on which the job ran, does not answer any more";

    public static string Deleted(V1Pod pod) =>
        $"Somebody deleted the job's pod '{pod.Metadata.Name}' in namespace '{pod.Metadata.NamespaceProperty}'";

    public static string Refused(V1Pod pod, string reason) =>
        $"Node '{pod.Spec?.NodeName}' refused the job's pod ({reason}){Colon(pod.Status?.Message)}";

    public static string WorkerDied(V1ContainerStateTerminated terminated) =>
        $"The worker's process {ExitText.Of(terminated.ExitCode)} before the job was concluded";

    /// <summary>What is to be said of the end of an action's container beside its exit code, or <c>null</c>.</summary>
    public static string? ActionEnded(V1ContainerStateTerminated terminated) => terminated.Reason switch
    {
        "OOMKilled" => "The action's container was killed, because it used more memory than the job's pod may or its node has",
        "ContainerStatusUnknown" => $"The node lost the action's container{Colon(terminated.Message)}",
        _ => null,
    };

    /// <summary>Where an image comes from: the first part of its name if that looks like a host, else Docker Hub.</summary>
    internal static string RegistryOf(string image)
    {
        var first = image.Split('/', 2)[0];
        var isHost = first.Length < image.Length && (first.AsSpan().ContainsAny('.', ':') || first == "localhost");
        return isHost ? first : "docker.io";
    }

    internal static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
    };

    // What the pod asks for is half of the answer to why no node has it.
    private static string Asked(V1Pod pod)
    {
        var job = pod.Spec?.Containers?.FirstOrDefault(container => container.Name == ContainerNames.Job);
        var asked = (pod.Spec?.NodeSelector ?? new Dictionary<string, string>()).Select(pair => $"node {pair.Key}={pair.Value}")
            .Concat((job?.Resources?.Requests ?? new Dictionary<string, ResourceQuantity>()).Select(pair => $"{pair.Key} {pair.Value}"))
            .ToList();
        return asked.Count == 0 ? string.Empty : $" The job asks for: {string.Join(", ", asked)}.";
    }

    private static string Double(ResourceQuantity limit)
    {
        var mebibytes = Math.Ceiling(limit.ToDecimal() * 2 / Mebibyte);
        return mebibytes % 1024 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{mebibytes / 1024:0}Gi")
            : string.Create(CultureInfo.InvariantCulture, $"{mebibytes:0}Mi");
    }

    private static string Colon(string? detail) => string.IsNullOrWhiteSpace(detail) ? string.Empty : ": " + detail.Trim();
}
