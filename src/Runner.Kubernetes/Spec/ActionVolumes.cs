using k8s.Models;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Spec;

/// <summary>How the containers of actions see the job's folders. Pure.</summary>
/// <remarks>
/// A container that is added to a pod can mount volumes of the pod, but no parts of them (<c>subPath</c>). So what it sees at places of its
/// own below <c>/github</c> has volumes of its own, which the job's container mounts below its folder for temporary files.
/// </remarks>
internal static class ActionVolumes
{
    /// <summary>Where such a container finds the worker: below GitHub's own folder, so that nothing of an image is hidden.</summary>
    public const string RunnerFolder = "/github/.runner";

    /// <summary>The worker there.</summary>
    public const string Worker = RunnerFolder + "/bin/runner-worker";

    private static readonly (string Volume, string Folder)[] Own =
    [
        ("github-home", TempFolders.Home),
        ("github-workflow", TempFolders.Workflow),
        ("github-file-commands", TempFolders.FileCommands),
    ];

    /// <summary>Volumes that the pod has for them alone.</summary>
    public static IEnumerable<V1Volume> Volumes(StorageOptions storage) => Own.Select(own => PodVolumes.Empty(own.Volume, storage.TempSize));

    /// <summary>Where the job's container has these.</summary>
    public static IEnumerable<V1VolumeMount> JobMounts() =>
        Own.Select(own => new V1VolumeMount { Name = own.Volume, MountPath = $"{PodPaths.Temp}/{own.Folder}" });

    /// <summary>What an action's container mounts. The engine's socket is not among it: a pod has no engine.</summary>
    public static IEnumerable<V1VolumeMount> MountsOf(ContainerRequest request) =>
    [
        .. from mount in request.Mounts
           let volume = VolumeOf(mount.Source)
           where volume is not null
           select new V1VolumeMount { Name = volume, MountPath = mount.Target },
        new V1VolumeMount { Name = PodVolumes.Runner, MountPath = RunnerFolder, ReadOnlyProperty = true },
    ];

    private static string? VolumeOf(MountSource source) => source switch
    {
        MountSource.Workspace => PodVolumes.Workspace,
        MountSource.Temp => PodVolumes.Temp,
        MountSource.Home => Own[0].Volume,
        MountSource.Workflow => Own[1].Volume,
        MountSource.FileCommands => Own[2].Volume,
        _ => null, // the engine's socket, or what a later version's worker has beside these
    };
}
