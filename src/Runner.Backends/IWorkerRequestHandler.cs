using Runner.Jobs;
using Runner.Jobs.Link;

namespace Runner.Backends;

/// <summary>Does what a running worker asks its launcher for.</summary>
/// <remarks>
/// Whoever launches a job gives one for what a backend cannot know (actions, the checkout); a backend has its own for containers. Called
/// once for a request, however often the stream to the worker drops meanwhile; again only by a launcher that adopted the job.
/// </remarks>
public interface IWorkerRequestHandler
{
    /// <summary>
    /// Does it; gives the result that the request's kind names. A <see cref="Jobs.Errors.WorkflowException"/> or
    /// <see cref="Jobs.Errors.InfrastructureException"/> reaches the worker as <see cref="RequestFailed"/>.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="exchange">Where its answer's bytes go, and what is known of it.</param>
    /// <param name="cancellationToken">The worker does not want it any more (its step is cancelled), or the job is over.</param>
    Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken);
}

/// <summary>One request of a job.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RequestId">Its id, the same for a launcher that adopts the job: what is made for it can be found again by it.</param>
/// <param name="Received">
/// Bytes of the answer that the worker has already, from a launcher that is gone; 0 as a rule. What is written begins after these.
/// </param>
/// <param name="Output">
/// Takes the answer's bytes, in order; written by one at a time. A write waits while the worker, or the stream to it, is slower. It is
/// not to be disposed.
/// </param>
public sealed record RequestExchange(JobId JobId, string RequestId, long Received, Stream Output);
