using Runner.Jobs.Errors;

namespace Runner.GitHub.Runs;

/// <summary>Workflow runs over GitHub's REST service (docs.github.com/rest/actions/workflow-runs): looked at, and run again.</summary>
public interface IWorkflowRuns
{
    /// <summary>A run as it is, or <c>null</c>: there is none, or the credentials do not see it.</summary>
    /// <param name="repository">As <c>owner/name</c>.</param>
    /// <param name="run">Its number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperatorException">The credentials may not look.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be asked.</exception>
    Task<WorkflowRunState?> FindAsync(string repository, long run, CancellationToken cancellationToken);

    /// <summary>Runs one job again, and those that need it.</summary>
    /// <param name="repository">As above.</param>
    /// <param name="job">The job's number, <c>job.check_run_id</c> of its message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperatorException">As above.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    Task<RerunReply> RerunJobAsync(string repository, long job, CancellationToken cancellationToken);

    /// <summary>Runs all jobs of a run again that failed, and those that need them.</summary>
    /// <exception cref="OperatorException">As above.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    Task<RerunReply> RerunFailedJobsAsync(string repository, long run, CancellationToken cancellationToken);
}

/// <summary>A run as it is.</summary>
/// <param name="IsCompleted">Whether all of its jobs have ended. Before that nothing of it can be run again.</param>
/// <param name="Conclusion">How it ended, such as <c>failure</c> or <c>cancelled</c>.</param>
/// <param name="Attempt">Which attempt is the latest, from 1.</param>
public sealed record WorkflowRunState(bool IsCompleted, string? Conclusion, int Attempt);

/// <summary>What GitHub says to a re-run.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Detail">In GitHub's words, or empty.</param>
public sealed record RerunReply(RerunReplyKind Kind, string Detail);

/// <summary>What GitHub's answer to a re-run means.</summary>
public enum RerunReplyKind
{
    /// <summary>It is queued.</summary>
    Started,

    /// <summary>The run has not ended yet, or runs again.</summary>
    NotYet,

    /// <summary>This is not run again, now or later: unknown, too old, or without anything that failed.</summary>
    Refused,
}
