using System.Formats.Tar;

namespace Runner.Backends.Docker;

/// <summary>The archives that put the worker, the job's folders and Node.js into containers.</summary>
internal static class WorkerArchive
{
    private const string CertificateBundle = "ca-certificates.crt";
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Readable = (UnixFileMode)0b110_100_100;

    // Any user of the image may write to these, as in a pod.
    private static readonly string[] Folders =
        ["runner", "runner/bin", "runner/temp", "runner/actions", "runner/spool", "github", "github/workspace", "home/runner", "opt/hostedtoolcache"];

    // These are the user's own: git, ssh and others look at whose a folder is, not only at who may write.
    private static readonly string[] FoldersOfUser = ["github/workspace", "home/runner"];

    /// <summary>Writes worker and folders, to be unpacked at the root.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="options">The settings.</param>
    /// <param name="user">As whom the worker runs.</param>
    /// <param name="isBound">Whether the workspace is a folder of this machine, which stays as it is.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public static async Task WriteAsync(Stream output, DockerOptions options, ContainerUser user, bool isBound, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var folder in Folders.Where(folder => !isBound || folder != DockerPaths.Workspace[1..]))
        {
            var owner = FoldersOfUser.Contains(folder) ? user : default;
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder + "/") { Mode = All, Uid = owner.Uid, Gid = owner.Gid }, cancellationToken);
        }

        await AddFileAsync(tar, options.WorkerPath, DockerPaths.Worker[1..], Executable, cancellationToken);
        var bundle = Path.Combine(Path.GetDirectoryName(options.WorkerPath) ?? "/", CertificateBundle);
        if (File.Exists(bundle))
        {
            await AddFileAsync(tar, bundle, $"runner/bin/{CertificateBundle}", Readable, cancellationToken);
        }
    }

    /// <summary>Writes the content of the folder with Node.js, to be unpacked where that stands.</summary>
    public static async Task WriteExternalsAsync(Stream output, string folder, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        await AddFolderAsync(tar, new DirectoryInfo(folder), string.Empty, cancellationToken);
    }

    private static async Task AddFileAsync(TarWriter tar, string path, string name, UnixFileMode mode, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = file }, cancellationToken);
    }

    // A name is empty, or ends with a slash.
    private static async Task AddFolderAsync(TarWriter tar, DirectoryInfo folder, string name, CancellationToken cancellationToken)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var entryName = name + entry.Name;
            switch (entry)
            {
                case { LinkTarget: { } target }:
                    await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, entryName) { LinkName = target }, cancellationToken);
                    break;
                case DirectoryInfo inner:
                    await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, entryName + "/") { Mode = Executable }, cancellationToken);
                    await AddFolderAsync(tar, inner, entryName + "/", cancellationToken);
                    break;
                default:
                    await AddFileAsync(tar, entry.FullName, entryName, OperatingSystem.IsWindows() ? Executable : entry.UnixFileMode, cancellationToken);
                    break;
            }
        }
    }
}
