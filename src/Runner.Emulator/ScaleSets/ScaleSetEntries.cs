using Runner.Emulator.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>What is said of jobs in messages (<c>scaleset.md</c> section 6.3). Pure.</summary>
internal static class ScaleSetEntries
{
    /// <summary>A job can be acquired.</summary>
    public static ScaleSetJob Available(JobState job, Uri acquire) =>
        Of(job, ScaleSetJobTypes.Available) with { RunnerRequestId = job.Number, AcquireJobUrl = acquire.AbsoluteUri };

    /// <summary>A job is the set's.</summary>
    /// <param name="job">The job.</param>
    /// <param name="wasAcquired">Whether it was acquired; one that was not has no request.</param>
    public static ScaleSetJob Assigned(JobState job, bool wasAcquired) =>
        Of(job, ScaleSetJobTypes.Assigned) with { RunnerRequestId = wasAcquired ? job.Number : 0 };

    /// <summary>A runner has a job.</summary>
    public static ScaleSetJob Started(JobState job) => Of(job, ScaleSetJobTypes.Started) with
    {
        RunnerId = job.RunnerId ?? 0, RunnerName = job.RunnerName, RunnerAssignTime = job.StartedAt ?? default,
    };

    /// <summary>A job ended.</summary>
    public static ScaleSetJob Completed(JobState job) => Of(job, ScaleSetJobTypes.Completed) with
    {
        RunnerId = job.RunnerId ?? 0,
        RunnerName = job.RunnerName ?? string.Empty,
        RunnerAssignTime = job.StartedAt ?? default,
        FinishTime = job.CompletedAt ?? default,
        Result = job.Conclusion switch
        {
            Conclusion.Succeeded or Conclusion.SucceededWithIssues => "succeeded",
            Conclusion.Canceled => "canceled",
            _ => "failed",
        },
    };

    /// <summary>No runner of the set took a job in time: it is the set's no more.</summary>
    public static ScaleSetJob TakenBack(JobState job, DateTimeOffset now) => Of(job, ScaleSetJobTypes.Completed) with
    {
        RunnerName = string.Empty, Result = "canceled", FinishTime = now,
    };

    private static ScaleSetJob Of(JobState job, string type)
    {
        var repository = job.Repository?.Split('/', 2) ?? [string.Empty, string.Empty];
        return new ScaleSetJob
        {
            MessageType = type,
            JobId = job.Id.ToString(),
            JobDisplayName = job.Name,
            WorkflowRunId = job.RunId,
            OwnerName = repository[0],
            RepositoryName = repository[1],
            RequestLabels = job.Labels,
            QueueTime = job.QueuedAt,
            ScaleSetAssignTime = job.AssignedAt ?? default,
        };
    }
}
