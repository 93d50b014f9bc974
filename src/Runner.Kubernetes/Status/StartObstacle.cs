using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Status;

/// <summary>What keeps a container of a pod from starting, as the kubelet says it in the container's waiting state.</summary>
/// <param name="Container">The container.</param>
/// <param name="Image">Its image.</param>
/// <param name="Reason">The kubelet's word.</param>
/// <param name="Detail">Its explanation; may be empty.</param>
internal sealed record StartObstacle(string Container, string Image, string Reason, string Detail)
{
    /// <summary>Whether trying again cannot help.</summary>
    public bool IsFinal => Reason is "InvalidImageName" or "ErrImageNeverPull" || IsRefusedUser;

    /// <summary>Whether it is that of the operator's own set-up container, which is the same for every job.</summary>
    public bool IsOfSetup => Container == ContainerNames.Setup;

    /// <summary>What kind of failure it is once the patience is over.</summary>
    public FailureReason Failure => Reason switch
    {
        "ErrImagePull" or "ImagePullBackOff" or "InvalidImageName" or "ErrImageNeverPull" or "ImageInspectError" or "RegistryUnavailable" =>
            FailureReason.ImagePull,
        _ when IsRefusedUser => FailureReason.Rejected, // the next pod would have the same image
        _ => FailureReason.ContainerStart,
    };

    // The kubelet has one reason for all that is wrong with a container's settings; that the user may not be root only its text says
    // (pkg/kubelet/kuberuntime/security_context.go).
    private bool IsRefusedUser => Reason == "CreateContainerConfigError"
        && (Detail.Contains("runAsNonRoot", StringComparison.Ordinal) || Detail.Contains("breaks non-root policy", StringComparison.Ordinal));

    /// <summary>
    /// Of two looks at one container the one whose text says what is wrong: a kubelet that backs off may say only that it does.
    /// </summary>
    public StartObstacle MoreTelling(StartObstacle? earlier) =>
        Reason == "ImagePullBackOff" && earlier?.Container == Container ? this with { Detail = earlier.Detail } : this;

    /// <summary>How long it may be tried again.</summary>
    public TimeSpan Patience(StartOptions limits) => IsFinal ? TimeSpan.Zero : limits.ImagePullGrace;

    /// <summary>What keeps the first container that is not a step further from starting, or <c>null</c>.</summary>
    public static StartObstacle? First(V1Pod pod) => Find(pod, _ => true);

    /// <summary>What keeps the job's own container from starting, or <c>null</c>: nothing, or something ordinary. Services do not.</summary>
    public static StartObstacle? Find(V1Pod pod) => Find(pod, container => !ContainerNames.IsService(container));

    /// <summary>The same of one container.</summary>
    public static StartObstacle? Find(V1Pod pod, string container) => Find(pod, name => name == container);

    /// <summary>What keeps one container from starting, or <c>null</c>.</summary>
    public static StartObstacle? Of(V1Pod pod, V1ContainerStatus status) =>
        status.State?.Waiting is { Reason: not (null or "" or "PodInitializing" or "ContainerCreating") } waiting
            ? new StartObstacle(status.Name, ImageOf(pod, status), waiting.Reason, waiting.Message ?? string.Empty)
            : null;

    /// <summary>The spec of a container of a pod, or <c>null</c>.</summary>
    public static V1Container? SpecOf(V1Pod pod, string name) =>
        (pod.Spec?.InitContainers ?? []).Concat(pod.Spec?.Containers ?? []).FirstOrDefault(container => container.Name == name);

    private static StartObstacle? Find(V1Pod pod, Func<string, bool> isLookedAt) => (pod.Status?.InitContainerStatuses ?? [])
        .Concat(pod.Status?.ContainerStatuses ?? [])
        .Where(status => isLookedAt(status.Name))
        .Select(status => Of(pod, status))
        .OfType<StartObstacle>()
        .FirstOrDefault();

    // The status repeats the image in the runtime's words; the spec has it as it was written.
    private static string ImageOf(V1Pod pod, V1ContainerStatus status) =>
        SpecOf(pod, status.Name)?.Image
        ?? pod.Spec?.EphemeralContainers?.FirstOrDefault(container => container.Name == status.Name)?.Image
        ?? status.Image
        ?? string.Empty;
}
