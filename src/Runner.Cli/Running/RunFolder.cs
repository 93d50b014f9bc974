using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Cli.Running;

/// <summary>
/// What one local run keeps on disk while it lasts: copies of the checkout, and what its services hold. It is held by a lock of the run's process,
/// so that the next run removes what a killed one left, and nothing that a living one has.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "run-";
    private const string OwnerFile = "owner.lock";

    // One without a lock is being made at this moment, or its maker was killed in between.
    private static readonly TimeSpan HalfMadeLife = TimeSpan.FromHours(1);

    private readonly string _path;
    private readonly FileStream _ownership;

    private RunFolder(string path, FileStream ownership)
    {
        _path = path;
        _ownership = ownership;
    }

    /// <summary>For copies of the checkout.</summary>
    public string Copies => Path.Combine(_path, "copies");

    /// <summary>For the services.</summary>
    public string Services => Path.Combine(_path, "services");

    /// <summary>Makes one, and removes those whose run is gone.</summary>
    /// <param name="root">Folder of this user's, in which they are.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="OperatorException">The folder is not this user's alone, or cannot be written.</exception>
    public static RunFolder Make(string root, DateTimeOffset now)
    {
        try
        {
            PrivateFolder.Make(root);
            Sweep(root, now);
            var path = Path.Combine(root, $"{Prefix}{Guid.NewGuid():N}");
            PrivateFolder.Make(path);
            var folder = new RunFolder(path, new FileStream(Path.Combine(path, OwnerFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
            Directory.CreateDirectory(folder.Copies);
            Directory.CreateDirectory(folder.Services);
            return folder;
        }
        catch (Exception problem) when (problem is InfrastructureException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"The folder '{root}' cannot be used for the run's files: {problem.Message}", problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TryDelete(_path);
        _ownership.Dispose();
    }

    private static void Sweep(string root, DateTimeOffset now)
    {
        foreach (var folder in new DirectoryInfo(root).GetDirectories(Prefix + "*"))
        {
            try
            {
                using var left = new FileStream(Path.Combine(folder.FullName, OwnerFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                TryDelete(folder.FullName);
            }
            catch (FileNotFoundException) when (now - folder.LastWriteTimeUtc > HalfMadeLife)
            {
                TryDelete(folder.FullName);
            }
            catch (IOException)
            {
                continue; // its run lives, or another one removes it at this moment
            }
        }
    }

    // Files of another user's (a step may have used sudo) stay: they must not keep the run from ending.
    private static void TryDelete(string folder)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                MakeWritable(new DirectoryInfo(folder));
            }

            Directory.Delete(folder, recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    // What is in a read-only folder (of the checkout, or a module cache) cannot be removed.
    private static void MakeWritable(DirectoryInfo folder)
    {
        const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows() && (folder.UnixFileMode & All) != All)
        {
            folder.UnixFileMode |= All;
        }

        foreach (var inner in folder.EnumerateDirectories().Where(inner => inner.LinkTarget is null))
        {
            MakeWritable(inner);
        }
    }
}
