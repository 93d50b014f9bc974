namespace Runner.Worker.Commands;

/// <summary>The Node.js that the runner image holds, given to a pod: copied into it, kept once on the tool cache and linked to, or only linked to.</summary>
/// <remarks>
/// A kept copy has the name of its version, which the image tells in the file <c>version</c>. It is made aside and renamed, so any number of
/// pods may do it at the same time and none sees a part of it. Each use renews the folder's time; versions that nobody used for
/// <see cref="KeptFor"/>, longer than a job may last, are removed by whoever adds another.
/// </remarks>
internal sealed class ExternalsFolder(string source, TimeProvider time)
{
    private const string VersionFile = "version";
    private const UnixFileMode Readable = (UnixFileMode)0b111_101_101;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>Makes <paramref name="target"/> the folder with Node.js; does nothing where the image has none.</summary>
    /// <param name="target">Folder that is not there yet.</param>
    /// <param name="keep">Folder of the kept versions, or <c>null</c>: the pod gets a copy of its own.</param>
    /// <param name="link">Where the job's container sees the image's folder, which this one need not; <c>null</c>: it does not see it.</param>
    /// <param name="error">Gets a line where keeping did not work, and the pod has its own copy.</param>
    /// <exception cref="IOException">It could not be copied.</exception>
    public void Provide(string target, string? keep, string? link, TextWriter error)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        if ((link ?? (keep is null ? null : Keep(keep, error))) is { } linked)
        {
            Directory.CreateSymbolicLink(target, linked);
            return;
        }

        Copy(new DirectoryInfo(source), target);
    }

    /// <summary>
    /// Makes the folder of the kept versions, which the job's container is given read-only, whether or not this job needs Node.js.
    /// </summary>
    public static void Make(string keep, TextWriter error)
    {
        try
        {
            Directory.CreateDirectory(keep);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"runner-worker: {keep} cannot be made: {exception.Message}");
        }
    }

    // The path of the kept copy, or null: a tool cache that is full or cannot be written to must not fail the job.
    private string? Keep(string folder, TextWriter error)
    {
        var aside = Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            var kept = Path.Combine(folder, File.ReadAllText(Path.Combine(source, VersionFile)).Trim());
            if (!Directory.Exists(kept))
            {
                Copy(new DirectoryInfo(source), aside);
                Publish(aside, kept);
                RemoveUnused(folder);
            }

            Renew(kept);
            return kept;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"runner-worker: Node.js could not be kept in {folder}, so this pod gets a copy of its own: {exception.Message}");
            Remove(aside);
            return null;
        }
    }

    private static void Publish(string aside, string kept)
    {
        try
        {
            Directory.Move(aside, kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            Remove(aside); // another pod was first
        }
    }

    private void Renew(string kept)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(kept, time.GetUtcNow().UtcDateTime);
        }
        catch (UnauthorizedAccessException)
        {
            // A pod of another user made it. It can be used all the same.
        }
    }

    private void RemoveUnused(string folder)
    {
        var limit = (time.GetUtcNow() - KeptFor).UtcDateTime;
        foreach (var old in new DirectoryInfo(folder).EnumerateDirectories().Where(version => version.LastWriteTimeUtc < limit))
        {
            Remove(old.FullName);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It costs space and nothing else; the next pod that adds a version tries again.
        }
    }

    private static void Copy(DirectoryInfo source, string target)
    {
        Directory.CreateDirectory(target);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, Readable); // whatever the image's mask: the job may be another user's
        }

        foreach (var entry in source.EnumerateFileSystemInfos())
        {
            var path = Path.Combine(target, entry.Name);
            switch (entry)
            {
                case { LinkTarget: { } link }:
                    File.Delete(path);
                    File.CreateSymbolicLink(path, link);
                    break;
                case DirectoryInfo folder:
                    Copy(folder, path);
                    break;
                default:
                    File.Copy(entry.FullName, path, overwrite: true); // keeps its mode
                    break;
            }
        }
    }
}
