using System.Collections.Immutable;
using Runner.Emulator.Jobs;

namespace Runner.Emulator.Runs;

/// <summary>Shows the state of a job.</summary>
internal static class JobInfos
{
    public static JobInfo Of(JobState job, bool hasRunner) => new()
    {
        Id = job.Id,
        Number = job.Number,
        PlanId = job.Plan,
        RunId = job.RunId,
        Key = job.Key,
        Name = job.Name,
        Status = job.Phase switch
        {
            JobPhase.Running => JobStatus.InProgress,
            JobPhase.Completed => JobStatus.Completed,
            _ => JobStatus.Queued,
        },
        Conclusion = job.Conclusion,
        Reason = job.Reason,
        Labels = job.Labels,
        IsUnmatched = job is { Phase: JobPhase.Queued, ScaleSet: null } && !hasRunner,
        Runner = job.Phase is JobPhase.Running or JobPhase.Completed ? job.RunnerName : null,
        QueuedAt = job.QueuedAt,
        StartedAt = job.StartedAt,
        CompletedAt = job.CompletedAt,
        LockedUntil = job.Phase == JobPhase.Running ? job.DueAt : null,
        Steps = job.Steps,
        Outputs = job.Outputs.ToImmutableSortedDictionary(output => output.Key, output => output.Value.IsSecret ? "***" : output.Value.Value),
        Annotations = job.Annotations,
        EnvironmentUrl = job.EnvironmentUrl,
        LogLines = job.LogLines,
        IsLogMissing = job.IsLogMissing,
    };
}
