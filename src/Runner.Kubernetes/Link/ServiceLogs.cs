using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Link;

/// <summary>Gives a worker the logs of its pod's services, and of no other container.</summary>
internal sealed class ServiceLogs(JobCluster cluster, string pod) : IWorkerRequestHandler
{
    /// <inheritdoc/>
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        var asked = request as ServiceLogRequest ?? throw new InfrastructureException($"A request '{request.Kind}' asks for no log");
        if (!ContainerNames.IsService(asked.Container))
        {
            throw new InfrastructureException($"The job has no service in a container '{asked.Container}'");
        }

        await using var log = await cluster.Streams.OpenLogAsync(pod, asked.Container, ServiceLogRequest.MaxLines, cancellationToken);
        await log.CopyToAsync(exchange.Output, cancellationToken);
        return new RequestDone();
    }
}
