using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Security;

/// <summary>Keeps a job's pod within its level, and tells the author of the workflow what that took away. Pure.</summary>
internal static class JobSecurity
{
    /// <summary>The pod of a launch within a level.</summary>
    /// <param name="level">The level.</param>
    /// <param name="pod">The finished pod.</param>
    /// <param name="launch">Whose it is.</param>
    /// <param name="operatorsVolumes">Volumes that stay whatever they are.</param>
    /// <param name="warnings">Gets a line for everything that was taken away.</param>
    /// <exception cref="WorkflowException">A container asks for root, which the level does not have.</exception>
    public static V1Pod Within(
        PodSecurityLevel level, V1Pod pod, JobLaunch launch, IReadOnlySet<string> operatorsVolumes, ICollection<string> warnings)
    {
        var clamp = new PodSecurityClamp(level, (container, what) => warnings.Add($"{KeyOf(container, launch)}: {TakenAway(what, level)}"));
        return clamp.FindRoot(pod) is { } root
            ? throw new WorkflowException(
                $"{KeyOf(root, launch)}: the user 0 is root, and {Because(level)}; leave --user out where the image has a user of its own, or give another number, such as --user 1001")
            : clamp.Apply(pod, operatorsVolumes);
    }

    /// <summary>The level that a pod was made with, as it says itself: its platform's may be another than that of the settings.</summary>
    public static PodSecurityLevel LevelOf(V1Pod pod, KubernetesOptions options) => PodSecurityLevels.Parse(
        pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(PodLabels.SecurityLevel, out var level)
            ? level
            : options.Security.PodSecurityStandard);

    private static string TakenAway(string what, PodSecurityLevel level) => $"{what} is taken away: {Because(level)}";

    private static string Because(PodSecurityLevel level) =>
        $"pods here keep to the Pod Security Standard '{level.NameOf()}' (kubernetes.security.podSecurityStandard)";

    // The key of the workflow that the container comes from. What is at neither is the operator's, and stands in the settings.
    private static string KeyOf(string container, JobLaunch launch) => container == ContainerNames.Job
        ? launch.Containers.Job is null ? "the job" : "container.options"
        : launch.Containers.Services.FirstOrDefault(service => ContainerNames.OfService(service.Name) == container) is { } service
            ? $"services.{service.Name}.options"
            : "the pod";
}
