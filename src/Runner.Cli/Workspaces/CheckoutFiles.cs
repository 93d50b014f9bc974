using System.IO.Enumeration;
using Runner.Cli.Git;

namespace Runner.Cli.Workspaces;

/// <summary>What of a checkout a job gets: what git has and what is new, but for what <c>.gitignore</c> names; outside of git everything.</summary>
internal static class CheckoutFiles
{
    private const string GitFolder = ".git";

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    /// <summary>The files and links that are there, each once, relative to the checkout.</summary>
    public static async Task<IEnumerable<string>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var listed = await GitCommand.AskAsync(folder, cancellationToken, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
        if (listed is null)
        {
            return All(folder);
        }

        // A file with a conflict is listed several times, and one that was deleted here still is.
        var files = listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Where(file => IsThere(Path.Combine(folder, file)));
        var git = Path.Combine(folder, GitFolder);
        return Directory.Exists(git) ? files.Concat(All(git).Select(file => Path.Combine(GitFolder, file))) : files;
    }

    private static bool IsThere(string path) => new FileInfo(path) is var file && (file.Exists || file.LinkTarget is not null);

    // A link to a folder is a file of the checkout: what is behind it is not looked at, and might lead round in a circle.
    private static FileSystemEnumerable<string> All(string folder) =>
        new(folder, (ref FileSystemEntry entry) => Path.GetRelativePath(folder, entry.ToFullPath()), Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry),
        };

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
