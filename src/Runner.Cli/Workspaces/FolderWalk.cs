using System.IO.Enumeration;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Workspaces;

/// <summary>Looks through a folder, each thing as it is: links are not followed, and what is neither file, folder nor link is no part of a copy.</summary>
internal static class FolderWalk
{
    // What is in a folder that cannot be read (as of a database that ran here) git leaves out, too.
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true,
    };

    /// <summary>All that is in it, as entries below a path of the copy.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="target">Path in the copy; empty: its root.</param>
    /// <param name="isLeftOut">Of what is left out, with all that is below: by its path in the folder, with slashes.</param>
    public static IEnumerable<CheckoutEntry> Entries(string folder, string target, Func<string, bool> isLeftOut)
    {
        var found = new FileSystemEnumerable<(string Path, bool IsFolder, bool IsLink)>(
            folder,
            (ref FileSystemEntry entry) => (Relative(folder, ref entry), entry.IsDirectory, IsLink(ref entry)),
            Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !isLeftOut(Relative(folder, ref entry)),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry) && !isLeftOut(Relative(folder, ref entry)),
        };
        return found.Select(thing => Entry(Path.Combine(folder, thing.Path), Below(target, thing.Path), thing.IsFolder, thing.IsLink)).OfType<CheckoutEntry>();
    }

    /// <summary>The folders in it, as entries below a path of the copy.</summary>
    /// <inheritdoc cref="Entries"/>
    public static IEnumerable<FolderEntry> Folders(string folder, string target, Func<string, bool> isLeftOut) =>
        new FileSystemEnumerable<FolderEntry>(
            folder,
            (ref FileSystemEntry entry) => new FolderEntry(Below(target, Relative(folder, ref entry)), entry.ToFullPath()),
            Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory && !IsLink(ref entry) && !isLeftOut(Relative(folder, ref entry)),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry) && !isLeftOut(Relative(folder, ref entry)),
        };

    /// <summary>The entry of what is at a path; <c>null</c>: nothing is, or nothing that can be copied.</summary>
    public static CheckoutEntry? EntryOf(string source, string path) =>
        Entry(source, path, Directory.Exists(source), new FileInfo(source).LinkTarget is not null);

    /// <summary>A path below another one, which is empty for the root.</summary>
    public static string Below(string folder, string path) => folder.Length == 0 ? path : $"{folder}/{path}";

    private static CheckoutEntry? Entry(string source, string path, bool isFolder, bool isLink)
    {
        var file = new FileInfo(source);
        return (isLink, isFolder) switch
        {
            (true, _) => file.LinkTarget is { } link ? new LinkEntry(path, link) : null,
            (_, true) => new FolderEntry(path, source),
            _ => GivenFile.IsRegular(source) ? new FileEntry(path, source) : null,
        };
    }

    private static string Relative(string folder, ref FileSystemEntry entry) =>
        Path.GetRelativePath(folder, entry.ToFullPath()).Replace(Path.DirectorySeparatorChar, '/');

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
