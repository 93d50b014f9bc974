using System.Globalization;
using System.Text;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Streams;

namespace Runner.Backends.Host;

/// <summary>The private folder of one job (mode 700): its work folders, its record, the worker's own output and its outcome.</summary>
/// <remarks>
/// As GitHub's runner has it, <c>work/REPO/REPO</c> is the workspace, with nothing beside it, and <c>work/_temp</c> and <c>work/_actions</c> are what
/// steps know. What is the runner's own stands above <c>work</c>, where no step looks by accident.
/// </remarks>
internal sealed class HostFolder(string path)
{
    private const string Prefix = "job-";
    private const string DraftPrefix = ".new-";
    private const string TrashPrefix = ".old-";
    private const int MaxTailBytes = 4096;
    private const int MaxTailLines = 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string FullPath => path;

    /// <summary>Id of the job, as the folder's name has it.</summary>
    public string Job => Path.GetFileName(path) is var name && name.LastIndexOf('-') is > 4 and var end ? name[Prefix.Length..end] : Path.GetFileName(path);

    /// <summary>Ids and times, for adoption.</summary>
    public string RecordFile => Path.Combine(path, "job.json");

    /// <summary>Held locked by the agent that watches the job; free once that agent is gone, however it went.</summary>
    public string LockFile => Path.Combine(path, "owner.lock");

    /// <summary>What the worker itself prints; the steps' output is not in it.</summary>
    public string LogFile => Path.Combine(path, "worker.log");

    /// <summary>What the steps print, masked, until all of it is at GitHub.</summary>
    public string JobLog => WorkPaths.JobLogIn(Path.Combine(path, "spool"));

    /// <summary>Where the worker listens for what it asked for.</summary>
    public string LinkSocket => Path.Combine(path, "spool", "link.sock");

    private string OutcomeFile => Path.Combine(path, "outcome.json");

    /// <summary>The folder of a launch, whether or not it is there yet.</summary>
    public static HostFolder For(string root, JobLaunch launch) =>
        new(Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{launch.JobId}-{launch.Attempt}")));

    /// <summary>Whether a worker has begun here: the first it does, once it has read its payload, is to write into this folder.</summary>
    public bool HasBegun
    {
        get
        {
            var spool = Path.Combine(path, "spool");
            return Directory.Exists(spool) && Directory.EnumerateFileSystemEntries(spool).Any();
        }
    }

    /// <summary>Whether a living agent looks after the job there.</summary>
    public bool IsLookedAfter
    {
        get
        {
            using var free = TryLock();
            return free is null && Directory.Exists(path);
        }
    }

    /// <summary>The folders of a job, one for each launch that there is something of.</summary>
    public static IEnumerable<HostFolder> Of(string root, JobId job) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root, $"{Prefix}{job}-*").Select(folder => new HostFolder(folder))
        : [];

    /// <summary>Every job's folder under a root.</summary>
    public static IEnumerable<HostFolder> All(string root) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root, Prefix + "*").Order(StringComparer.Ordinal).Select(folder => new HostFolder(folder))
        : [];

    /// <summary>Paths of what agents began to make, or to remove, before a moment and never finished, as they were killed.</summary>
    public static IReadOnlyList<string> Abandoned(string root, DateTimeOffset before)
    {
        string[] prefixes = Directory.Exists(root) ? [DraftPrefix, TrashPrefix] : [];
        return
        [
            .. prefixes.SelectMany(prefix => new DirectoryInfo(root).GetDirectories(prefix + "*"))
                .Where(folder => folder.LastWriteTimeUtc < before.UtcDateTime)
                .Select(folder => folder.FullName),
        ];
    }

    /// <summary>Makes the folder, if it is not there, and takes the job for this agent: what others see is locked from its first moment on.</summary>
    /// <returns>The lock, or <c>null</c> where a living agent has the job.</returns>
    /// <exception cref="InfrastructureException">The root is not this user's own, or the folder cannot be locked.</exception>
    public FileStream? TryCreate(HostOptions options, string repository)
    {
        PrivateFolder.Make(options.Root);
        if (Directory.Exists(path))
        {
            var taken = TryLock(FileMode.OpenOrCreate);
            if (taken is not null)
            {
                Fill(options, repository);
            }

            return taken;
        }

        var draft = new HostFolder(Path.Combine(options.Root, $"{DraftPrefix}{Path.GetFileName(path)}-{Guid.NewGuid():N}"));
        PrivateFolder.Make(draft.FullPath);
        draft.Fill(options, repository);
        if (draft.TryLock(FileMode.CreateNew) is not { } ownership)
        {
            // Nobody else knows of it, so it is no lock of theirs: the process has no file left to open, say. A folder without a lock would stay for ever.
            DeleteAll(draft.FullPath);
            throw new InfrastructureException($"The folder of the job cannot be locked: '{draft.LockFile}' cannot be made");
        }

        try
        {
            Directory.Move(draft.FullPath, path);
            return ownership;
        }
        catch (IOException)
        {
            ownership.Dispose();
            DeleteAll(draft.FullPath);
            if (Directory.Exists(path))
            {
                return null; // another agent was faster
            }

            throw;
        }
    }

    /// <summary>The job's folders, all but the tool cache and a workspace that is bound inside this one.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="repository">Name of the job's repository (<see cref="JobLaunch.RepositoryFolder"/>).</param>
    /// <param name="boundWorkspace">The workspace that is not in it, or <c>null</c>.</param>
    public WorkPaths Paths(HostOptions options, string repository, string? boundWorkspace) => new()
    {
        Workspace = boundWorkspace ?? Path.Combine(path, "work", repository, repository),
        Temp = Path.Combine(path, "work", "_temp"),
        Actions = Path.Combine(path, "work", "_actions"),
        Spool = Path.Combine(path, "spool"),
        ToolCache = options.ToolCacheFolder,
        Externals = options.ExternalsFolder,
        Outcome = OutcomeFile,
    };

    /// <summary>Takes the job for this agent until the result is disposed, or <c>null</c> where a living agent has it.</summary>
    public FileStream? TryLock() => TryLock(FileMode.Open);

    /// <summary>What was left as the worker's outcome, by whomever; <c>null</c>: nothing, or nothing that can be read, which is the same.</summary>
    public string? ReadOutcome() => ForeignFile.TryRead(OutcomeFile, WorkerOutcome.MaxBytes) is { } json ? Encoding.UTF8.GetString(json) : null;

    /// <summary>The last lines of what the worker itself printed; empty where that is nothing.</summary>
    public string ReadLogTail()
    {
        try
        {
            using var file = ForeignFile.TryOpen(LogFile);
            if (file is null)
            {
                return string.Empty;
            }

            file.Seek(-Math.Min(MaxTailBytes, file.Length), SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(MaxTailLines));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // a step can remove the file; its text is a help, not the truth
        }
    }

    /// <summary>Removes the folder; nobody sees it half removed. Folders that a step made read-only (as Go's module cache is) go too.</summary>
    public void Delete()
    {
        var trash = Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, $"{TrashPrefix}{Path.GetFileName(path)}-{Guid.NewGuid():N}");
        try
        {
            Directory.Move(path, trash);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        DeleteAll(trash);
    }

    /// <summary>Removes a folder with all that is in it, read-only folders too.</summary>
    public static void DeleteAll(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException && !OperatingSystem.IsWindows())
        {
            MakeWritable(folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private FileStream? TryLock(FileMode mode)
    {
        try
        {
            return new FileStream(LockFile, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null; // locked; or its agent removed it meanwhile
        }
    }

    private void Fill(HostOptions options, string repository)
    {
        var paths = Paths(options, repository, boundWorkspace: null);
        foreach (var folder in new[] { paths.Workspace, paths.Temp, paths.Actions, paths.Spool, paths.ToolCache })
        {
            Directory.CreateDirectory(folder);
        }
    }

    private static void MakeWritable(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, Private);
        }

        foreach (var inner in new DirectoryInfo(folder).EnumerateDirectories().Where(inner => inner.LinkTarget is null))
        {
            MakeWritable(inner.FullName);
        }
    }
}
