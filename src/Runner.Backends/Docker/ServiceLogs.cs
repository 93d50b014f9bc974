using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Docker;

/// <summary>Gives a worker the logs of its job's services, and of no other container.</summary>
internal sealed class ServiceLogs(DockerEngine engine, JobId job) : IWorkerRequestHandler
{
    /// <inheritdoc/>
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        var asked = request as ServiceLogRequest ?? throw new InfrastructureException($"A request '{request.Kind}' asks for no log");
        var mine = await engine.ListAsync($"{DockerLabels.Job}={job}", cancellationToken);
        if (!mine.Any(container => container.ID == asked.Container))
        {
            throw new InfrastructureException($"The job has no container '{asked.Container}'");
        }

        await engine.Streams.CopyLogAsync(asked.Container, ServiceLogRequest.MaxLines, exchange.Output, cancellationToken);
        return new RequestDone();
    }
}
