using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Cli.Running;

/// <summary>Gives what a worker of a local run asks for to whoever answers that kind. Containers are the backend's own.</summary>
/// <param name="actions">Resolves and sends actions.</param>
/// <param name="workspace">Sends the checkout, or <c>null</c>: the backend fills the workspace.</param>
internal sealed class LauncherRequests(IWorkerRequestHandler actions, IWorkerRequestHandler? workspace) : IWorkerRequestHandler
{
    public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken) =>
        (request switch
        {
            ResolveActionsRequest or ActionRequest => actions,
            WorkspaceRequest => workspace,
            _ => null,
        })?.HandleAsync(request, exchange, cancellationToken)
        ?? throw new InfrastructureException($"A local run answers no request '{request.Kind}'");
}
