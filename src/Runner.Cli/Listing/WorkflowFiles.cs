using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;

namespace Runner.Cli.Listing;

/// <summary>Finds and reads the workflow files of a checkout.</summary>
internal static class WorkflowFiles
{
    /// <summary>Reads them, in the order of their names; those that cannot be read are told last.</summary>
    /// <param name="folder">Folder of the checkout.</param>
    /// <param name="path">A file, or a folder of <c>.yml</c> and <c>.yaml</c> files; relative to the checkout.</param>
    /// <param name="recurse">Whether files of folders below count.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="UsageException">There is nothing at the path.</exception>
    public static ImmutableArray<WorkflowReading> Read(string folder, string path, bool recurse, WorkflowReadOptions options)
    {
        var full = Path.GetFullPath(path, folder);
        var found = File.Exists(full) ? new WorkflowFolder([full], []) : Find(full, folder, path, recurse);
        return
        [
            .. found.Files.AsParallel().AsOrdered().Select(file => ReadFile(folder, file, options)),
            .. found.Problems.Select(problem => Unread(folder, problem)),
        ];
    }

    private static WorkflowFolder Find(string full, string folder, string path, bool recurse)
    {
        if (!Directory.Exists(full))
        {
            throw new UsageException(Missing(folder, path));
        }

        var found = WorkflowFolder.List(full, recurse);
        return found.Files.IsEmpty && found.Problems.IsEmpty
            ? throw new UsageException($"--workflows: no workflow is in '{path}', expected files that end in .yml or .yaml")
            : found;
    }

    private static string Missing(string folder, string path) => RootAround(folder, path) is { } root
        ? $"--workflows: there is no file or folder '{path}' in '{folder}'; it is in '{root}', where this checkout begins: -C {root}"
        : $"--workflows: there is no file or folder '{path}'; -C names the checkout, -W the workflows in it";

    // Who stands somewhere in a checkout means that one.
    private static string? RootAround(string folder, string path)
    {
        for (var above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            if (Path.Exists(Path.Combine(above, ".git")))
            {
                return Path.Exists(Path.Combine(above, path)) ? above : null;
            }
        }

        return null;
    }

    // A file that cannot be read is a file with a mistake: the others run.
    private static WorkflowReading ReadFile(string folder, string file, WorkflowReadOptions options)
    {
        try
        {
            return WorkflowFile.Read(ShownPath(folder, file), GivenFile.ReadText(file), options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Unread(folder, new UnreadFile(file, $"This file cannot be read: {error.Message}"));
        }
    }

    private static WorkflowReading Unread(string folder, UnreadFile file) =>
        new(null, [new Diagnostic(ShownPath(folder, file.Path), 0, 0, file.Problem)]);

    private static string ShownPath(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
}
