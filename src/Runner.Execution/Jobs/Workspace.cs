using System.IO.Compression;
using Runner.Execution.Repositories;

namespace Runner.Execution.Jobs;

/// <summary>The folder that a job works in.</summary>
internal static class Workspace
{
    /// <summary>
    /// Empties the workspace where <c>workspace: clean:</c> of the job asks for it: <c>all</c> and <c>resources</c>. <c>outputs</c> is about folders beside it, of which we have
    /// none.
    /// </summary>
    public static void Clean(string workspace, string what)
    {
        if (what.ToUpperInvariant() is not ("ALL" or "RESOURCES") || !Directory.Exists(workspace))
        {
            return;
        }

        Empty(workspace);
    }

    /// <summary>Makes the workspace what an archive of a checkout holds: what an earlier job left in it goes. Gives the number of entries.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, or a path in it leads outside.</exception>
    public static int Fill(string workspace, string archive, CancellationToken cancellationToken)
    {
        Empty(workspace);
        using var stream = File.OpenRead(archive);
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        return ArchiveUnpacking.Run(unzipped, workspace, ArchiveLimits.OfCheckout, cancellationToken);
    }

    /// <summary>Deletes all that is in a folder.</summary>
    public static void Empty(string path)
    {
        // The folder itself may be a mounted volume: only what is in it can go.
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
