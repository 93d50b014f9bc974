using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Listing;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>A workflow file that is queued to an emulator, with the others of its repository, which it may call.</summary>
/// <param name="Path">Path in its repository; as given, where the file is not in <c>.github/workflows</c>.</param>
/// <param name="Text">Text of the file.</param>
/// <param name="Others">Texts of the other files of that folder, by path.</param>
internal sealed record QueuedWorkflow(string Path, string Text, Dictionary<string, string> Others)
{
    private const string Folder = ".github/workflows";

    /// <summary>Others that cannot be read, and are left out.</summary>
    public ImmutableArray<UnreadFile> Problems { get; init; } = [];

    /// <summary>Reads them.</summary>
    /// <exception cref="WorkflowException">The file cannot be read.</exception>
    public static QueuedWorkflow Read(string file)
    {
        var text = ReadFile("The workflow", file);
        var full = System.IO.Path.GetFullPath(file);
        var folder = System.IO.Path.GetDirectoryName(full) ?? string.Empty;
        if (!folder.Replace('\\', '/').EndsWith("/" + Folder, StringComparison.Ordinal))
        {
            return new QueuedWorkflow(file, text, []);
        }

        var found = WorkflowFolder.List(folder, recurse: false);
        var (others, problems) = (new Dictionary<string, string>(), found.Problems.ToList());
        foreach (var path in found.Files.Where(path => path != full))
        {
            try
            {
                others[$"{Folder}/{System.IO.Path.GetFileName(path)}"] = GivenFile.ReadText(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                problems.Add(new UnreadFile(path, $"This file cannot be read: {error.Message}"));
            }
        }

        return new QueuedWorkflow($"{Folder}/{System.IO.Path.GetFileName(full)}", text, others) { Problems = [.. problems.Where(problem => problem.Path != full)] };
    }

    /// <summary>The text of a file.</summary>
    /// <param name="what">What names it, for the message.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="WorkflowException">It cannot be read.</exception>
    public static string ReadFile(string what, string path)
    {
        try
        {
            return GivenFile.ReadText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"{what} '{path}' cannot be read: {error.Message}", error);
        }
    }
}
