using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Kubernetes.Spec;

/// <summary>
/// How much of a container's termination message the kubelet keeps: a share of what it keeps of a whole pod (<c>MaxPodTerminationMessageLogLength</c> in its
/// source), equal for all containers, those that only set up and those that come later included. Pure.
/// </summary>
internal static class MessageShare
{
    private const int BytesOfPod = 12 * 1024;
    private const int JobAndSetup = 2;

    /// <summary>Bytes that the message of a job's container may have.</summary>
    public static int Of(JobLaunch launch, V1PodTemplateSpec? template)
    {
        var ofTemplate = (template?.Spec?.Containers?.Count ?? 0) + (template?.Spec?.InitContainers?.Count ?? 0);
        var containers = JobAndSetup + launch.Containers.Services.Length + ofTemplate + OfActions(launch);
        return Math.Min(WorkerOutcome.MaxBytes, BytesOfPod / containers);
    }

    // They are added as the job goes, and newer kubelets count them: a step with an image is one; of other actions few are, so of all of them one is counted.
    private static int OfActions(JobLaunch launch)
    {
        var images = launch.Job.UsableSteps.Count(step => step.Reference is { Type: ReferenceType.ContainerRegistry });
        return images + (launch.Job.UsableSteps.Any(step => step.Reference is { Type: ReferenceType.Repository }) ? 1 : 0);
    }
}
