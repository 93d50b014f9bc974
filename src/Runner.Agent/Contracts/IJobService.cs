using Runner.Jobs;
using Runner.Jobs.Messages;

namespace Runner.Agent.Contracts;

/// <summary>Opens what GitHub offers for a job.</summary>
internal interface IJobServices
{
    /// <summary>The services of a job, or <c>null</c> where its message does not say how to reach them.</summary>
    IJobService? For(JobMessage job);
}

/// <summary>What the agent tells GitHub of one job, where its worker cannot. Nothing in it retries.</summary>
/// <remarks>
/// Calls throw <see cref="Protocol.Http.ProtocolException"/> where GitHub refuses (the job is not ours any more), and
/// <see cref="Jobs.Errors.InfrastructureException"/> where it could not be reached or is at a loss.
/// </remarks>
internal interface IJobService
{
    /// <summary>Which job.</summary>
    JobId JobId { get; }

    /// <summary>Prolongs the lock of the job and says until when it is ours (<c>run-service.md</c> section 3).</summary>
    Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken);

    /// <summary>Writes why the job ended to its log and to a step that shows it.</summary>
    Task ExplainAsync(JobVerdict verdict, CancellationToken cancellationToken);

    /// <summary>Ends the job with its conclusion and an annotation (section 4).</summary>
    Task CompleteAsync(JobVerdict verdict, CancellationToken cancellationToken);
}
