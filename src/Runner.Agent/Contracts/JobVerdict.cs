using Runner.Agent.Monitoring;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Contracts;

/// <summary>What is to be done about a job that ended here.</summary>
internal enum VerdictAction
{
    /// <summary>Nothing: its worker told GitHub, or nobody waits for it.</summary>
    None,

    /// <summary>Tell GitHub.</summary>
    Complete,

    /// <summary>Launch it again: no step of it has run.</summary>
    Replace,
}

/// <summary>How a job ended, why, and what is to be done about it.</summary>
internal sealed record JobVerdict
{
    /// <summary>What is to be done.</summary>
    public required VerdictAction Action { get; init; }

    /// <summary>How it ended.</summary>
    public required Conclusion Conclusion { get; init; }

    /// <summary>Why, as a label of metrics: one of <see cref="VerdictReasons"/>.</summary>
    public string Reason { get; init; } = VerdictReasons.None;

    /// <summary>Why, for the workflow's author, or <c>null</c> where the job's own steps say it.</summary>
    public string? Message { get; init; }

    /// <summary>The end of the job's log, which its worker had not sent; <c>null</c>: there is none.</summary>
    public UnsentLog? Unsent { get; init; }

    /// <summary>Whether the cause lies outside the workflow.</summary>
    public bool IsInfrastructure { get; init; }

    /// <summary>Whether a worker ran, so that there may be a log to add to.</summary>
    public bool WorkerStarted { get; init; }

    /// <summary>A job that cannot be run at all.</summary>
    public static JobVerdict Failed(string reason, string message, bool isInfrastructure) => new()
    {
        Action = VerdictAction.Complete,
        Conclusion = Conclusion.Failed,
        Reason = reason,
        Message = message,
        IsInfrastructure = isInfrastructure,
    };
}
