using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Services.Repositories;

namespace Runner.Cli.Repositories;

/// <summary>Answers a worker's requests for actions: their commits, and the archive of one.</summary>
internal sealed class ActionRequests(LocalRunRepositories repositories) : IWorkerRequestHandler
{
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        switch (request)
        {
            case ResolveActionsRequest resolve:
                var commits = await Task.WhenAll(resolve.Actions.Select(action => ResolveAsync(action, cancellationToken)));
                return new ActionsResolved { Actions = [.. commits] };
            case ActionRequest action when exchange.Received == 0:
                await SendAsync(action, exchange.Output, cancellationToken);
                return new RequestDone();
            default:
                throw new InfrastructureException($"The request '{request.Kind}' is none for an action, or goes on after a launcher that is gone");
        }
    }

    private async Task<ActionCommit> ResolveAsync(ActionName action, CancellationToken cancellationToken)
    {
        var repository = repositories.Find(action.Repository, action.Ref);
        var resolved = await repository.ResolveAsync(action.Ref, cancellationToken);
        return resolved.Commit is { } commit
            ? new ActionCommit { Repository = repository.Name, Sha = commit }
            : throw new WorkflowException(resolved.Problem ?? string.Empty);
    }

    private Task SendAsync(ActionRequest request, Stream output, CancellationToken cancellationToken)
    {
        var repository = repositories.Find(request.Action.Repository, request.Action.Ref);
        return repository.WriteArchiveAsync(
            request.Sha, ArchiveKind.TarGz, $"{repository.Name.Replace('/', '-')}-{request.Sha[..7]}", output, cancellationToken);
    }
}
