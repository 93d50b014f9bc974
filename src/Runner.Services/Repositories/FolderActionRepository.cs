using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Runner.Services.Repositories;

/// <summary>
/// A plain folder: every ref stands for its files as they are now. The commit is a hash of names, modes and contents, so it changes
/// with them and only with them. What git keeps of a working tree (<c>.git</c>) is left out. A zip leaves links out: it is for Windows, where unpacking them needs rights of its own.
/// </summary>
/// <param name="name"><c>owner/repo</c>.</param>
/// <param name="folder">The folder.</param>
public sealed class FolderActionRepository(string name, string folder) : IActionRepository
{
    // Links are entries, not ways: what lies behind one is not the repository's.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false };

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<ActionVersion> ResolveAsync(string version, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in Entries())
        {
            await AddAsync(hash, entry, cancellationToken);
        }

        return ActionVersion.Found(Convert.ToHexStringLower(hash.GetHashAndReset())[..40]);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadFileAsync(string commit, string path, CancellationToken cancellationToken)
    {
        // Of what is an entry, so that no name leads out of the folder.
        return Entries().OfType<FileInfo>().FirstOrDefault(entry => entry.LinkTarget is null && Relative(entry) == path) is { } file
            ? await File.ReadAllTextAsync(file.FullName, cancellationToken)
            : null;
    }

    /// <inheritdoc/>
    public async Task WriteArchiveAsync(
        string commit, ArchiveKind kind, string topLevel, Stream output, CancellationToken cancellationToken)
    {
        if (kind == ArchiveKind.Zip)
        {
            await WriteZipAsync(topLevel, output, cancellationToken);
            return;
        }

        await using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, topLevel + "/"), cancellationToken);
        foreach (var entry in Entries())
        {
            await tar.WriteEntryAsync(entry.FullName, $"{topLevel}/{Relative(entry)}{EndOf(entry)}", cancellationToken);
        }
    }

    private async Task WriteZipAsync(string topLevel, Stream output, CancellationToken cancellationToken)
    {
        // By a file: even the asynchronous zip writer writes synchronously at times, which a response does not allow.
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, null, cancellationToken))
        {
            foreach (var entry in Entries().OfType<FileInfo>().Where(entry => entry.LinkTarget is null))
            {
                await zip.CreateEntryFromFileAsync(entry.FullName, $"{topLevel}/{Relative(entry)}", cancellationToken);
            }
        }

        file.Position = 0;
        await file.CopyToAsync(output, cancellationToken);
    }

    private static async Task AddAsync(IncrementalHash hash, FileSystemInfo entry, CancellationToken cancellationToken)
    {
        Add(hash, entry.Name);
        Add(hash, entry.LinkTarget ?? string.Empty);
        var mode = OperatingSystem.IsWindows() ? 0 : (int)entry.UnixFileMode;
        Add(hash, entry is FileInfo ? $"file {(mode & (int)UnixFileMode.UserExecute) != 0}" : "folder");
        if (entry is FileInfo { LinkTarget: null } file)
        {
            await using var content = file.OpenRead();
            hash.AppendData(await SHA256.HashDataAsync(content, cancellationToken));
        }
    }

    // Each with its length before it, or two names could look like one.
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private IEnumerable<FileSystemInfo> Entries() => Below(new DirectoryInfo(folder));

    private static IEnumerable<FileSystemInfo> Below(DirectoryInfo parent)
    {
        foreach (var entry in parent.EnumerateFileSystemInfos("*", Everything).Where(entry => entry.Name != ".git").OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            yield return entry;
            if (entry is DirectoryInfo { LinkTarget: null } child)
            {
                foreach (var inner in Below(child))
                {
                    yield return inner;
                }
            }
        }
    }

    // A folder's name ends in a slash in git's archives, and so here.
    private static string EndOf(FileSystemInfo entry) => entry is DirectoryInfo { LinkTarget: null } ? "/" : string.Empty;

    private string Relative(FileSystemInfo entry) => Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/');
}
