using Runner.Jobs.Errors;
using Runner.Workflows.Planning.Calls;

namespace Runner.Cli.Workspaces;

/// <summary>Called workflows of a checkout.</summary>
/// <param name="folder">The checkout.</param>
internal sealed class LocalWorkflowSource(string folder) : IWorkflowSource
{
    public async Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken)
    {
        if (place.Repository is not null)
        {
            throw new WorkflowException("Workflows of other repositories are not fetched in local runs");
        }

        var path = Path.Combine(folder, place.Path);
        return File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : null;
    }
}
