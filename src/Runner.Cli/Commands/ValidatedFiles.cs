using System.Collections.Immutable;
using Runner.Cli.Repositories;
using Runner.Jobs.Errors;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Actions;

namespace Runner.Cli.Commands;

/// <summary>A workflow or action file to check.</summary>
/// <param name="Path">Path as the user wrote it, or below the current folder.</param>
internal sealed record ValidatedFile(string Path)
{
    /// <summary>Whether it is an action's manifest, which its name alone tells.</summary>
    public bool IsAction => System.IO.Path.GetFileName(Path) is "action.yml" or "action.yaml";

    /// <exception cref="WorkflowException">It cannot be read.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(Path, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"runner: '{Path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Everything that is wrong with it, what GitHub lets pass, and the keys that do something else here than on GitHub. Calls of workflows in the same checkout are checked against these.</summary>
    public async Task<(ImmutableArray<Diagnostic> Problems, ImmutableArray<Diagnostic> Warnings, ImmutableArray<Diagnostic> Notes)> CheckAsync(
        string text, CancellationToken cancellationToken)
    {
        if (IsAction)
        {
            var action = ActionFile.Read(Path, text);
            return (action.Diagnostics, [], action.Notes);
        }

        var reading = CheckoutWorkflows.Around(Path) is { } checkout
            ? await WorkflowFile.ReadWithCallsAsync(Path, text, checkout, WorkflowReadOptions.Default, cancellationToken)
            : WorkflowFile.Read(Path, text);
        return (reading.Diagnostics, reading.Warnings, reading.Workflow?.Notes ?? []);
    }
}

/// <summary>Finds the files that a user means.</summary>
internal static class ValidatedFiles
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>The files named, those in the folders named, or those of the current checkout.</summary>
    /// <exception cref="WorkflowException">A path names nothing.</exception>
    public static IEnumerable<ValidatedFile> Find(string[] paths)
    {
        var found = paths.Length > 0 ? paths.SelectMany(Below) : Workflows(Path.Combine(".github", "workflows")).Concat(Actions("."));
        return found.Distinct(StringComparer.Ordinal).Select(path => new ValidatedFile(path));
    }

    private static IEnumerable<string> Below(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new WorkflowException($"runner: '{path}' does not exist");
        }

        var workflows = Path.Combine(path, ".github", "workflows");
        return (Directory.Exists(workflows) ? Workflows(workflows) : Workflows(path)).Concat(Actions(path));
    }

    private static IEnumerable<string> Workflows(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder)
            .Where(path => Path.GetExtension(path) is ".yml" or ".yaml" && !new ValidatedFile(path).IsAction)
            .Order(StringComparer.Ordinal)
        : [];

    // Dependencies of actions bring manifests of their own, which nobody here wrote.
    private static IEnumerable<string> Actions(string folder) => Directory.EnumerateFiles(folder, "action.y*ml", Everywhere)
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "node_modules" or ".git"))
        .Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)
        .Where(path => new ValidatedFile(path).IsAction)
        .Order(StringComparer.Ordinal);
}
