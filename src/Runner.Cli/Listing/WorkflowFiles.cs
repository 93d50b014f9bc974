using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Workflows.Model;

namespace Runner.Cli.Listing;

/// <summary>Finds and reads the workflow files of a checkout.</summary>
internal static class WorkflowFiles
{
    /// <summary>Reads them, in the order of their names.</summary>
    /// <param name="folder">Folder of the checkout.</param>
    /// <param name="path">A file, or a folder of <c>.yml</c> and <c>.yaml</c> files; relative to the checkout.</param>
    /// <param name="recurse">Whether files of folders below count.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="UsageException">There is nothing at the path.</exception>
    public static ImmutableArray<WorkflowReading> Read(string folder, string path, bool recurse, WorkflowReadOptions options)
    {
        var full = Path.GetFullPath(path, folder);
        var files = File.Exists(full) ? [full] : Find(full, path, recurse);
        return [.. files.AsParallel().AsOrdered().Select(file => ReadFile(folder, file, options))];
    }

    private static string[] Find(string full, string path, bool recurse)
    {
        if (!Directory.Exists(full))
        {
            throw new UsageException($"--workflows: there is no file or folder '{path}'; -C names the checkout, -W the workflows in it");
        }

        var depth = recurse ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        string[] files = [.. Directory.EnumerateFiles(full, "*", depth).Where(IsYaml).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new UsageException($"--workflows: no workflow is in '{path}', expected files that end in .yml or .yaml");
    }

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yml" or ".yaml";

    private static WorkflowReading ReadFile(string folder, string file, WorkflowReadOptions options)
    {
        try
        {
            return WorkflowFile.Read(Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText(file), options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The workflow '{file}' cannot be read: {error.Message}", error);
        }
    }
}
