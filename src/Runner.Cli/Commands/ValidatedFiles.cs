using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Listing;
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
    /// <summary>Why it cannot be read, where its folder's list tells already; else <c>null</c>.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether it is an action's manifest, which its name alone tells.</summary>
    public bool IsAction => System.IO.Path.GetFileName(Path) is "action.yml" or "action.yaml";

    /// <exception cref="WorkflowException">It cannot be read.</exception>
    public string Read()
    {
        var (text, problem) = TryRead();
        return text ?? throw new WorkflowException($"{Path}: {problem}");
    }

    /// <summary>Everything that is wrong with it, what GitHub lets pass, and the keys that do something else here than on GitHub. Calls of workflows in the same checkout are checked against these.</summary>
    public async Task<(ImmutableArray<Diagnostic> Problems, ImmutableArray<Diagnostic> Warnings, ImmutableArray<Diagnostic> Notes)> CheckAsync(CancellationToken cancellationToken)
    {
        var (text, problem) = TryRead();
        if (text is null)
        {
            return ([new Diagnostic(Path, 0, 0, problem)], [], []);
        }

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

    private (string? Text, string Problem) TryRead()
    {
        try
        {
            return Problem is null ? (GivenFile.ReadText(Path), string.Empty) : (null, Problem);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"This file cannot be read: {error.Message}");
        }
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
        return found.DistinctBy(file => file.Path, StringComparer.Ordinal);
    }

    private static IEnumerable<ValidatedFile> Below(string path)
    {
        if (File.Exists(path))
        {
            return [new ValidatedFile(path)];
        }

        if (!Directory.Exists(path))
        {
            throw new WorkflowException($"runner: '{path}' does not exist");
        }

        var workflows = Path.Combine(path, ".github", "workflows");
        return (Directory.Exists(workflows) ? Workflows(workflows) : Workflows(path)).Concat(Actions(path));
    }

    private static IEnumerable<ValidatedFile> Workflows(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var found = WorkflowFolder.List(folder, recurse: false);
        return found.Files.Select(path => new ValidatedFile(path)).Where(file => !file.IsAction)
            .Concat(found.Problems.Select(file => new ValidatedFile(file.Path) { Problem = file.Problem }));
    }

    // Dependencies of actions bring manifests of their own, which nobody here wrote.
    private static IEnumerable<ValidatedFile> Actions(string folder) => Directory.EnumerateFiles(folder, "action.y*ml", Everywhere)
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "node_modules" or ".git"))
        .Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)
        .Order(StringComparer.Ordinal)
        .Select(path => new ValidatedFile(path) { Problem = GivenFile.IsRegular(path) ? null : "This is no regular file" })
        .Where(file => file.IsAction);
}
