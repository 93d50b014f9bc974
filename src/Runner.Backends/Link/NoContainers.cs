using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Link;

/// <summary>Answers requests for containers where none can be run.</summary>
/// <param name="why">Why, and where they can: a sentence for the workflow's author.</param>
public sealed class NoContainers(string why) : IWorkerRequestHandler
{
    /// <inheritdoc/>
    public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken) =>
        throw new WorkflowException(why);
}
