using System.Collections.Immutable;
using Runner.Jobs.Containers;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;

namespace Runner.Execution.Containers;

/// <summary>Where a container action sees the folders of its job (<c>worker-semantics.md</c> section 10.3). Pure.</summary>
internal sealed class ContainerPaths
{
    /// <summary><c>HOME</c> in the container.</summary>
    public const string Home = "/github/home";

    /// <summary>Where the container starts.</summary>
    public const string Workspace = VolumeMapping.Workspace;

    private const string Engine = "/var/run/docker.sock";

    /// <summary>The folders of a job.</summary>
    public ContainerPaths(WorkPaths paths)
    {
        // Those inside of temp come before temp: the first that fits is the one.
        Mounts =
        [
            Mount(MountSource.Home, Path.Combine(paths.Temp, TempFolders.Home), Home),
            Mount(MountSource.Workflow, Path.Combine(paths.Temp, TempFolders.Workflow), "/github/workflow"),
            Mount(MountSource.FileCommands, Path.Combine(paths.Temp, TempFolders.FileCommands), "/github/file_commands"),
            Mount(MountSource.Temp, paths.Temp, "/github/runner_temp"),
            Mount(MountSource.Workspace, paths.Workspace, Workspace),
            new ContainerMount { Source = MountSource.Docker, Target = Engine },
        ];
    }

    /// <summary>What is mounted.</summary>
    public ImmutableArray<ContainerMount> Mounts { get; }

    /// <summary>A path of the job as the container sees it; other texts stay as they are.</summary>
    public string ToContainer(string path) => Translate(path, mount => (mount.WorkerPath, mount.Target));

    /// <summary>A path of the container as the job sees it; other texts stay as they are.</summary>
    public string ToWorker(string path) => Translate(path, mount => (mount.Target, mount.WorkerPath));

    private string Translate(string path, Func<ContainerMount, (string From, string To)> direction)
    {
        foreach (var (from, to) in Mounts.Where(mount => mount.WorkerPath.Length > 0).Select(direction))
        {
            if (path == from)
            {
                return to;
            }

            if (path.StartsWith(from, StringComparison.Ordinal) && path[from.Length] == '/')
            {
                return to + path[from.Length..];
            }
        }

        return path;
    }

    private static ContainerMount Mount(MountSource source, string path, string target) =>
        new() { Source = source, WorkerPath = path, Target = target };
}
