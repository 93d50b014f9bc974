using System.IO.Compression;
using Runner.Execution.Hosting;
using Runner.Execution.Repositories;
using Runner.Jobs.Errors;

namespace Runner.Execution.Checkouts;

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

    /// <summary>Makes a folder what the launcher's checkout is. Gives the number of entries.</summary>
    /// <param name="source">Who has the checkout.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="spool">Where the archive lies meanwhile.</param>
    /// <param name="keepsFolders">Whether folders without a file stay: a service may have one mounted, and would go on with what is gone.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="InfrastructureException">It could not be had, or not be put there.</exception>
    public static async Task<int> FetchAsync(IWorkspaceSource source, string folder, string spool, bool keepsFolders, CancellationToken stop)
    {
        var file = Path.Combine(spool, $"checkout-{Guid.NewGuid():N}.tar.gz");
        try
        {
            await source.FetchAsync(file, stop);
            Directory.CreateDirectory(folder);
            return Fill(folder, file, stop, keepsFolders);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The checkout cannot be put into '{folder}': {error.Message}", error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Makes the workspace what an archive of a checkout holds: what an earlier job left in it goes. Gives the number of entries.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, or a path in it leads outside.</exception>
    public static int Fill(string workspace, string archive, CancellationToken cancellationToken, bool keepsFolders = false)
    {
        Empty(workspace, keepsFolders);
        using var stream = File.OpenRead(archive);
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        return ArchiveUnpacking.Run(unzipped, workspace, ArchiveLimits.OfCheckout, cancellationToken);
    }

    /// <summary>Deletes all that is in a folder, but what is mounted there: that is somebody else's.</summary>
    /// <param name="path">The folder. It may be a mounted volume itself: only what is in it can go.</param>
    /// <param name="keepsFolders">Whether folders without a file stay.</param>
    public static void Empty(string path, bool keepsFolders = false) => Empty(new DirectoryInfo(path), MountPoints.Below(path), keepsFolders);

    /// <summary>The same where one knows what is mounted. Gives whether nothing is left.</summary>
    internal static bool Empty(DirectoryInfo folder, IReadOnlySet<string> mounted, bool keepsFolders)
    {
        var isEmpty = true;
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (mounted.Contains(entry.FullName))
            {
                isEmpty = false;
            }
            else if (entry is not DirectoryInfo { LinkTarget: null } inner)
            {
                entry.Delete();
            }
            else if (!keepsFolders && mounted.Count == 0)
            {
                inner.Delete(recursive: true);
            }
            else if (Empty(inner, mounted, keepsFolders) && !keepsFolders)
            {
                inner.Delete();
            }
            else
            {
                isEmpty = false;
            }
        }

        return isEmpty;
    }
}
