using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Calls;

namespace Runner.Cli.Repositories;

/// <summary>Called workflows of a checkout, as its files are now. It knows no other repository: calls of those stay unchecked.</summary>
/// <param name="root">The checkout.</param>
internal sealed class CheckoutWorkflows(string root) : IWorkflowSource
{
    private readonly string _root = Path.GetFullPath(root);

    /// <summary>The source for a file in <c>.github/workflows</c> of a checkout; <c>null</c> for a file elsewhere.</summary>
    public static CheckoutWorkflows? Around(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty;
        return folder.EndsWith(Path.Combine(".github", "workflows"), StringComparison.Ordinal)
            ? new CheckoutWorkflows(Path.Combine(folder, "..", ".."))
            : null;
    }

    /// <inheritdoc/>
    public bool Knows(WorkflowPlace place) => place.Repository is null;

    /// <inheritdoc/>
    public Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(Path.Combine(_root, place.Path));
        if (!path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !GivenFile.IsRegular(path))
        {
            return Task.FromResult<string?>(null);
        }

        try
        {
            return Task.FromResult<string?>(GivenFile.ReadText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"The file cannot be read: {error.Message}", error);
        }
    }
}
