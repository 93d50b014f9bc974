using Runner.Cli.Git;

namespace Runner.Cli.Workspaces;

/// <summary>Copies a checkout for a job: what git has and what is new, but for what <c>.gitignore</c> names; outside of git everything.</summary>
internal static class CheckoutCopy
{
    private const string GitFolder = ".git";

    /// <summary>Copies it.</summary>
    /// <param name="folder">The checkout.</param>
    /// <param name="target">Where to; made here.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    public static async Task MakeAsync(string folder, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        var listed = await GitCommand.AskAsync(folder, cancellationToken, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
        var files = listed?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? All(folder);
        var git = Path.Combine(folder, GitFolder);
        foreach (var file in Directory.Exists(git) && listed is not null ? files.Concat(All(git).Select(file => Path.Combine(GitFolder, file))) : files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyFile(Path.Combine(folder, file), Path.Combine(target, file));
        }
    }

    private static string[] All(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file))];

    private static void CopyFile(string source, string target)
    {
        var file = new FileInfo(source);
        if (!file.Exists && file.LinkTarget is null)
        {
            return; // git still has what was deleted here
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? string.Empty);
        if (file.LinkTarget is { } link)
        {
            File.CreateSymbolicLink(target, link);
        }
        else
        {
            file.CopyTo(target, overwrite: true);
        }
    }
}
