using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Link;

/// <summary>Gives a worker's request to whom it concerns: what is about containers to the backend, all else to whoever launched the job.</summary>
/// <param name="containers">Runs containers.</param>
/// <param name="services">Has the logs of services, or <c>null</c>: there are none.</param>
/// <param name="others">Answers the rest, or <c>null</c>: nobody does.</param>
public sealed class RequestRouter(IWorkerRequestHandler containers, IWorkerRequestHandler? services, IWorkerRequestHandler? others) : IWorkerRequestHandler
{
    /// <inheritdoc/>
    public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var handler = request switch
        {
            ContainerRequest => containers,
            ServiceLogRequest => services,
            _ => others,
        };
        return handler?.HandleAsync(request, exchange, cancellationToken)
            ?? throw new WorkflowException(request is ResolveActionsRequest { Actions: [var first, ..] }
                ? $"'{first.Repository}@{first.Ref}' cannot be used: this job was started without a source of actions. A local run has only those of the checkout (./path)"
                : $"Whoever launched this job answers no request '{request.Kind}'");
    }
}
