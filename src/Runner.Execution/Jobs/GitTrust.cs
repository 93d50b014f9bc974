using System.Formats.Tar;
using Runner.Jobs.Launch;

namespace Runner.Execution.Jobs;

/// <summary>Lets git work in a workspace whose folder is another user's.</summary>
/// <remarks>
/// Git refuses a working tree that is not its user's ("detected dubious ownership"). A volume's topmost folder is root's, whoever the job runs
/// as, and a folder of the user's machine (<c>--bind</c>) is that user's. Where the job has a home of its own, git's settings there say that the
/// workspace is to be trusted: of all ways the one that every version of git takes, <c>safe.directory</c> in the environment only from 2.38 on.
/// </remarks>
internal static class GitTrust
{
    private const string Everything = "*";

    /// <summary>Writes the settings, where they are needed.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor for want of a right.</exception>
    public static void Settle(WorkPaths paths)
    {
        if (OperatingSystem.IsWindows() || paths.Home is not { } home || OwnUser(paths.Temp) is not { } own)
        {
            return; // a home that is not the job's own is not ours to write in
        }

        // Whoever owns the files in it, too, owns those of its submodules, each of which git asks about.
        string[] trusted =
        [
            .. OwnerOf(paths.Workspace) == own ? [] : new[] { paths.Workspace },
            .. OwnerOf(Path.Combine(paths.Workspace, ".git")) is { } owner && owner != own ? [Everything] : Array.Empty<string>(),
        ];
        var file = Path.Combine(home, ".gitconfig");
        var there = File.Exists(file) ? File.ReadAllText(file) : string.Empty;
        var lines = string.Concat(trusted.Select(folder => $"[safe]\n\tdirectory = \"{folder.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n")
            .Where(line => !there.Contains(line, StringComparison.Ordinal)));
        if (lines.Length > 0)
        {
            File.AppendAllText(file, there.Length == 0 || there.EndsWith('\n') ? lines : "\n" + lines);
        }
    }

    // What we make is ours.
    private static int? OwnUser(string temp)
    {
        var probe = Path.Combine(temp, $".owner-{Guid.NewGuid():N}");
        File.WriteAllBytes(probe, []);
        try
        {
            return OwnerOf(probe);
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <summary>Number of the user that a file or folder belongs to; <c>null</c>: it is not there. The file API does not tell, a tar entry does.</summary>
    internal static int? OwnerOf(string path)
    {
        if (!Path.Exists(path))
        {
            return null;
        }

        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            // Of a file with content only the entry is wanted: a folder's has none.
            writer.WriteEntry(path, "entry");
        }

        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.Uid;
    }
}
