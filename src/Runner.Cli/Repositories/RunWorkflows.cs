using Runner.Jobs.Errors;
using Runner.Workflows.Model.Calls;

namespace Runner.Cli.Repositories;

/// <summary>The workflows that jobs call: of the checkout as its files are now, and of other repositories.</summary>
/// <param name="folder">The checkout.</param>
/// <param name="repositories">The other repositories.</param>
internal sealed class RunWorkflows(string folder, LocalRunRepositories repositories) : IWorkflowSource
{
    private readonly CheckoutWorkflows _checkout = new(folder);

    public async Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken)
    {
        if (place is not { Repository: { } name, Ref: { } version })
        {
            return await _checkout.ReadAsync(place, cancellationToken);
        }

        var repository = repositories.Find(name, version);
        var resolved = await repository.ResolveAsync(version, cancellationToken);
        return resolved.Commit is { } commit
            ? await repository.ReadFileAsync(commit, place.Path, cancellationToken)
            : throw new WorkflowException(resolved.Problem ?? string.Empty);
    }
}
