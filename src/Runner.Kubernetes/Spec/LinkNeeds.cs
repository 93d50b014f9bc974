using Runner.Backends;
using Runner.Jobs.Messages;

namespace Runner.Kubernetes.Spec;

/// <summary>What a job will want of its launcher while it runs. Pure.</summary>
internal static class LinkNeeds
{
    /// <summary>Whether a launch's worker asks its launcher for things, and so is given a key.</summary>
    public static bool AreIn(JobLaunch launch) =>
        (launch.Requests is not null && launch.SendsWorkspace) || MayRunContainers(launch) || !launch.Containers.Services.IsEmpty;

    /// <summary>Whether a launch's job has steps of which one may run a container. What an action is, nobody knows before it is fetched.</summary>
    public static bool MayRunContainers(JobLaunch launch) => launch.Job.UsableSteps.Any(step => step.Reference is { Type: not ReferenceType.Script });
}
