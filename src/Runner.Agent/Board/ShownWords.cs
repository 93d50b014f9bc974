using System.Globalization;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Board;

/// <summary>Times, states and causes in the words that people are shown, on the page and in a terminal. Pure.</summary>
public static class ShownWords
{
    /// <summary><c>0.4s</c>, <c>12s</c>, <c>3m 05s</c>, <c>1h 02m</c>, <c>2d 03h</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):F1}s"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m {time.Seconds:D2}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours}h {time.Minutes:D2}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays}d {time.Hours:D2}h"),
    };

    /// <summary>A stage, as what the job does meanwhile.</summary>
    public static string Of(JobStage stage) => stage switch
    {
        JobStage.Queued => "queued",
        JobStage.Acquired => "acquired",
        JobStage.Waiting => "waiting",
        JobStage.Scheduling => "scheduling",
        JobStage.Starting => "starting",
        JobStage.SettingUp => "setting up",
        JobStage.Running => "running",
        JobStage.Reporting => "reporting",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage"),
    };

    /// <summary>A state.</summary>
    public static string Of(JobState state) => state switch
    {
        JobState.Waiting => "waiting",
        JobState.Starting => "starting",
        JobState.Running => "running",
        JobState.Cancelling => "cancelling",
        JobState.Reporting => "reporting",
        JobState.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };

    /// <summary>A conclusion, in GitHub's word where it has one.</summary>
    public static string Of(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => "success",
        Conclusion.Failed => "failure",
        Conclusion.Canceled => "cancelled",
        Conclusion.Skipped => "skipped",
        Conclusion.Abandoned => "abandoned",
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "not a conclusion"),
    };

    /// <summary>A cause of failures: a step of the workflow's own, or what <c>runner_jobs_total</c> calls it, in spaced words.</summary>
    public static string Cause(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return reason == "none" ? "a step failed" : reason.Replace('_', ' ');
    }

    /// <summary>How long a job has taken: from the moment that it was ours to its end, or to now.</summary>
    public static TimeSpan Lasted(JobView job, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        return (job.Times.Started ?? job.Times.Taken ?? job.Times.Seen) is { } start && (job.Times.Ended ?? now) is var end && end > start ? end - start : TimeSpan.Zero;
    }
}
