using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Kubernetes.Link;

/// <summary>Answers the requests of a job in a pod: those for containers here, the others by whoever launched the job.</summary>
internal sealed class PodRequests(IWorkerRequestHandler launcher) : IWorkerRequestHandler
{
    public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken) => request switch
    {
        ContainerRequest => throw new WorkflowException(
            "Container actions (docker:// or a Dockerfile) do not run on the kubernetes backend of this version; use --backend docker, or an action of another kind"),
        _ => launcher.HandleAsync(request, exchange, cancellationToken),
    };
}
