using System.Formats.Tar;
using System.IO.Compression;

namespace Runner.Cli.Workspaces;

/// <summary>Packs the copy of a checkout for a job that runs elsewhere: a gzipped tar, with modes, times and links.</summary>
internal static class CheckoutArchive
{
    /// <summary>Writes it, file by file as the stream takes it; gives the number of entries.</summary>
    /// <param name="tree">What is in it.</param>
    /// <param name="output">Where to; left open.</param>
    /// <param name="cancellationToken">Stops packing.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor for want of a right.</exception>
    public static async Task<long> WriteAsync(CheckoutTree tree, Stream output, CancellationToken cancellationToken)
    {
        var entries = 0L;

        // Most of a checkout is packed by git already, and the way to the cluster is rarely slower than the stronger levels.
        await using var zipped = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(zipped, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var entry in tree.Entries)
        {
            if (await WriteAsync(tar, entry, cancellationToken))
            {
                entries++;
            }
        }

        return entries;
    }

    // Whether it is in: a file may be gone since it was listed, as git's own temporary ones are.
    private static async Task<bool> WriteAsync(TarWriter tar, CheckoutEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            switch (entry)
            {
                case FolderEntry folder:
                    await tar.WriteEntryAsync(Folder(folder), cancellationToken);
                    break;
                case FileEntry file:
                    await tar.WriteEntryAsync(file.Source, file.Path, cancellationToken);
                    break;
                case MadeEntry made:
                    await tar.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.RegularFile, made.Path) { Mode = MadeEntry.Mode, DataStream = new MemoryStream(made.Content) }, cancellationToken);
                    break;
                case LinkEntry link:
                    await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, link.Path) { LinkName = link.Target }, cancellationToken);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(entry), entry, "no known kind");
            }

            return true;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static PaxTarEntry Folder(FolderEntry folder) => new(TarEntryType.Directory, folder.Path + "/")
    {
        Mode = OperatingSystem.IsWindows() ? Everybody : File.GetUnixFileMode(folder.Source),
        ModificationTime = new DateTimeOffset(Directory.GetLastWriteTimeUtc(folder.Source)),
    };

    private static UnixFileMode Everybody => (UnixFileMode)0b111_101_101;
}
