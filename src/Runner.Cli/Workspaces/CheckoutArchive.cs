using System.Formats.Tar;
using System.IO.Compression;

namespace Runner.Cli.Workspaces;

/// <summary>Packs a checkout for a job that runs elsewhere: a gzipped tar of its <see cref="CheckoutFiles"/>, with modes, times and links.</summary>
internal static class CheckoutArchive
{
    /// <summary>Writes it, file by file as the stream takes it; gives the number of entries.</summary>
    /// <param name="folder">The checkout.</param>
    /// <param name="output">Where to; left open.</param>
    /// <param name="cancellationToken">Stops packing.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<long> WriteAsync(string folder, Stream output, CancellationToken cancellationToken)
    {
        var entries = 0L;

        // Most of a checkout is packed by git already, and the way to the cluster is rarely slower than the stronger levels.
        await using var zipped = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(zipped, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var file in await CheckoutFiles.ListAsync(folder, cancellationToken))
        {
            if (await WriteAsync(tar, Path.Combine(folder, file), file, cancellationToken))
            {
                entries++;
            }
        }

        return entries;
    }

    // Whether it is in: a file may be gone since it was listed, as git's own temporary ones are.
    private static async Task<bool> WriteAsync(TarWriter tar, string path, string name, CancellationToken cancellationToken)
    {
        try
        {
            await tar.WriteEntryAsync(path, name.Replace(Path.DirectorySeparatorChar, '/'), cancellationToken);
            return true;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
