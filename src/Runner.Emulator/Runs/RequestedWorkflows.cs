using Runner.Emulator.Actions;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Calls;

namespace Runner.Emulator.Runs;

/// <summary>The workflows that a queued one calls: of its own repository as the request brings them, of others as the options name them.</summary>
internal sealed class RequestedWorkflows(WorkflowRequest request, ActionRepositories repositories) : IWorkflowSource
{
    public async Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken)
    {
        if (place is not { Repository: { } name, Ref: { } version })
        {
            return request.Files.GetValueOrDefault(place.Path);
        }

        if (repositories.Find(name) is not { } repository)
        {
            throw new WorkflowException(
                $"Repository not found. The emulator has only the repositories it was given: start it with --action {name}=PATH");
        }

        var resolved = await repository.ResolveAsync(version, cancellationToken);
        return resolved.Commit is { } commit
            ? await repository.ReadFileAsync(commit, place.Path, cancellationToken)
            : throw new WorkflowException(resolved.Problem ?? string.Empty);
    }
}
