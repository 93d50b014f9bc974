using System.Collections.Immutable;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Listing;

/// <summary>The workflow files of a folder: regular files, or links to such. Links to folders are not followed, since git keeps them as links.</summary>
/// <param name="Files">Their paths, in the order of names.</param>
/// <param name="Problems">What has such a name and is no file, or cannot be looked into.</param>
internal sealed record WorkflowFolder(ImmutableArray<string> Files, ImmutableArray<UnreadFile> Problems)
{
    /// <summary>Lists them.</summary>
    /// <param name="folder">A folder that is there.</param>
    /// <param name="recurse">Whether files of folders below count.</param>
    public static WorkflowFolder List(string folder, bool recurse)
    {
        var (files, problems) = (new List<string>(), new List<UnreadFile>());
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            try
            {
                foreach (var entry in new DirectoryInfo(next).EnumerateFileSystemInfos())
                {
                    Take(entry, Path.Combine(next, entry.Name));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                problems.Add(new UnreadFile(next, $"This folder cannot be looked into: {error.Message}"));
            }
        }

        return new WorkflowFolder(
            [.. files.Order(StringComparer.Ordinal)], [.. problems.OrderBy(problem => problem.Path, StringComparer.Ordinal)]);

        void Take(FileSystemInfo entry, string path)
        {
            if (entry.Attributes.HasFlag(FileAttributes.Directory))
            {
                if (recurse && entry.LinkTarget is null)
                {
                    open.Push(path);
                }
            }
            else if (!IsYaml(path) || IsLockOfAnEditor(entry))
            {
                return;
            }
            else if (GivenFile.IsRegular(path))
            {
                files.Add(path);
            }
            else
            {
                problems.Add(new UnreadFile(path, entry.LinkTarget is { } target ? $"This is no file but a link to '{target}', where none is" : "This is no regular file"));
            }
        }
    }

    // Emacs, of a file that is being edited: a link that leads nowhere, beside it.
    private static bool IsLockOfAnEditor(FileSystemInfo entry) => entry.LinkTarget is not null && entry.Name.StartsWith(".#", StringComparison.Ordinal);

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yml" or ".yaml";
}

/// <summary>A file that cannot be read, and why.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Problem">A sentence, without a full stop.</param>
internal sealed record UnreadFile(string Path, string Problem);
