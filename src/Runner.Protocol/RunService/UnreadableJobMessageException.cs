using Runner.Jobs;
using Runner.Jobs.Secrets;

namespace Runner.Protocol.RunService;

/// <summary>
/// The run service gave a job that cannot be read. It is ours all the same, so it holds what is needed to complete it as failed,
/// as far as that could be found.
/// </summary>
/// <remarks>The message names the place in the JSON, and never shows its text: a job message holds secrets.</remarks>
public sealed class UnreadableJobMessageException : Exception
{
    /// <summary>A job whose defect stands at a place.</summary>
    public UnreadableJobMessageException(string message)
        : base(message)
    {
    }

    /// <summary>Plan of the job, or <c>null</c>.</summary>
    public PlanId? PlanId { get; init; }

    /// <summary>The job, or <c>null</c>.</summary>
    public JobId? JobId { get; init; }

    /// <summary>Run service of the job, or <c>null</c>.</summary>
    public Uri? RunServiceUrl { get; init; }

    /// <summary>Token of the job, or <c>null</c>.</summary>
    public Secret? Token { get; init; }

    /// <summary>Whether the message is JSON to its end and says which job it is: asking again would bring the same.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The same, with what it lacks taken from another.</summary>
    internal UnreadableJobMessageException With(UnreadableJobMessageException? other) => new(Message)
    {
        PlanId = PlanId ?? other?.PlanId,
        JobId = JobId ?? other?.JobId,
        RunServiceUrl = RunServiceUrl ?? other?.RunServiceUrl,
        Token = Token ?? other?.Token,
        IsWhole = IsWhole,
    };
}
