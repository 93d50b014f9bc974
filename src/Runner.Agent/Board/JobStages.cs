using System.Collections.Immutable;

namespace Runner.Agent.Board;

/// <summary>Stages of a job's life.</summary>
public enum JobStage
{
    /// <summary>At GitHub.</summary>
    Queued,

    /// <summary>From its offer until it is ours.</summary>
    Acquired,

    /// <summary>Until its place is asked for.</summary>
    Waiting,

    /// <summary>Until its pod has a node.</summary>
    Scheduling,

    /// <summary>Until its containers run.</summary>
    Starting,

    /// <summary>Until its first step.</summary>
    SettingUp,

    /// <summary>Its steps.</summary>
    Running,

    /// <summary>Until GitHub knows all of it, and its place is gone.</summary>
    Reporting,
}

/// <summary>A stage of a job.</summary>
/// <param name="Stage">Which.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended; <c>null</c>: it lasts.</param>
public sealed record StageView(JobStage Stage, DateTimeOffset Start, DateTimeOffset? End)
{
    /// <summary>How long it took, or has taken by now.</summary>
    public TimeSpan Lasted(DateTimeOffset now) => (End ?? now) is var end && end > Start ? end - Start : TimeSpan.Zero;
}

/// <summary>The moments of a job as stages, one after the other without a gap. Pure.</summary>
public static class JobStages
{
    /// <summary>The stages. One of which the end is not known is part of the next; what no clock agrees on lasts no time.</summary>
    public static ImmutableArray<StageView> Of(JobMoments times)
    {
        ArgumentNullException.ThrowIfNull(times);
        (JobStage Stage, DateTimeOffset? End)[] ends =
        [
            (JobStage.Queued, times.Queued is null ? null : times.Seen),
            (JobStage.Acquired, times.Taken),
            (JobStage.Waiting, times.Created),
            (JobStage.Scheduling, times.Scheduled),
            (JobStage.Starting, times.Started),
            (JobStage.SettingUp, times.FirstStep),
            (JobStage.Running, times.LastStep),
            (JobStage.Reporting, times.Ended),
        ];
        if ((times.Queued ?? times.Seen ?? times.Taken ?? times.Started) is not { } left)
        {
            return [];
        }

        var stages = ImmutableArray.CreateBuilder<StageView>();
        foreach (var (stage, end) in ends.Where(stage => stage.End is not null))
        {
            var reached = end > left ? end.Value : left;
            stages.Add(new StageView(LastsTo(stage, times), left, reached));
            left = reached;
        }

        if (times.Ended is null)
        {
            stages.Add(new StageView(Current(times), left, End: null));
        }

        return [.. stages.Where(stage => stage.End is null || stage.End > stage.Start)];
    }

    // Of a job that ended without telling of its steps, what came after its start was running.
    private static JobStage LastsTo(JobStage stage, JobMoments times) => stage switch
    {
        JobStage.Reporting when times.LastStep is null && times.Started is not null => JobStage.Running,
        JobStage.Reporting when times.LastStep is null => times.Created is null ? JobStage.Waiting : JobStage.Starting,
        _ => stage,
    };

    private static JobStage Current(JobMoments times) => times switch
    {
        { LastStep: not null } => JobStage.Reporting,
        { Started: not null } => JobStage.Running,
        { Scheduled: not null } => JobStage.Starting,
        { Created: not null } => JobStage.Scheduling,
        _ => JobStage.Waiting,
    };
}
