using System.Collections.Immutable;
using Runner.Jobs.Link;

namespace Runner.Execution.Containers;

/// <summary>The job's folders made ready for the container of an action, whose image may have a user of its own (<c>USER 1001</c>).</summary>
/// <remarks>
/// That user is neither the worker's nor in its group, and a command file that it cannot write to is a step that lost its outputs and stays green. So the
/// files of this step, <c>HOME</c> and the folder for temporary files are opened to all. On a machine that others use, too, nobody else comes as far:
/// the job's folder above them is its user's alone. The checkout stays as it is.
/// </remarks>
internal static class SharedFolders
{
    private const UnixFileMode Writable = (UnixFileMode)0b111_111_111;
    private const UnixFileMode WritableFile = (UnixFileMode)0b110_110_110;
    private const UnixFileMode Readable = (UnixFileMode)0b101_101_101;
    private const UnixFileMode ReadableFile = (UnixFileMode)0b100_100_100;

    /// <summary>Makes and opens them.</summary>
    /// <param name="mounts">What the container sees.</param>
    /// <param name="commandFiles">The step's command files.</param>
    public static void Open(ImmutableArray<ContainerMount> mounts, IEnumerable<string> commandFiles)
    {
        foreach (var mount in mounts.Where(mount => mount.WorkerPath.Length > 0))
        {
            Directory.CreateDirectory(mount.WorkerPath);
            switch (mount.Source)
            {
                case MountSource.Home or MountSource.Temp or MountSource.FileCommands:
                    Add(mount.WorkerPath, Writable);
                    break;
                case MountSource.Workflow:
                    Add(mount.WorkerPath, Readable);
                    AddToFiles(Directory.EnumerateFiles(mount.WorkerPath), ReadableFile);
                    break;
            }
        }

        AddToFiles(commandFiles.Where(File.Exists), WritableFile);
    }

    private static void AddToFiles(IEnumerable<string> files, UnixFileMode mode)
    {
        foreach (var file in files)
        {
            Add(file, mode);
        }
    }

    // What is another user's has the mode that whoever made it gave it: a volume's root, which is open, or a file that an earlier action left.
    private static void Add(string path, UnixFileMode mode)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var present && (present & mode) != mode)
            {
                File.SetUnixFileMode(path, present | mode);
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return;
        }
    }
}
