using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Emulator.Events;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Runs;

/// <summary>A run as the emulator shows it.</summary>
public sealed record RunInfo
{
    /// <summary>Number of the run, from 1.</summary>
    public required long Id { get; init; }

    /// <summary>Name of the workflow, or of the job where the run has no workflow.</summary>
    public required string Name { get; init; }

    /// <summary>Number of its last attempt, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary><c>owner/repo</c>, or <c>null</c>.</summary>
    public string? Repository { get; init; }

    /// <summary>Full ref, or <c>null</c>.</summary>
    public string? HeadBranch { get; init; }

    /// <summary>Commit, or <c>null</c>.</summary>
    public string? HeadSha { get; init; }

    /// <summary>Jobs of earlier attempts that were run again.</summary>
    public ImmutableArray<JobInfo> EarlierJobs { get; init; } = [];

    /// <summary>Event that it was queued for, or <c>null</c>.</summary>
    public string? Event { get; init; }

    /// <summary>When it was queued.</summary>
    public DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its last job ended; <c>null</c> before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How it ended; <c>null</c> before.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Conclusion { get; init; }

    /// <summary>Its jobs, in the order of the workflow.</summary>
    public ImmutableArray<JobInfo> Jobs { get; init; } = [];

    /// <summary>The job under a key or shown name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public JobInfo Job(string keyOrName) => Jobs.FirstOrDefault(job => job.Key == keyOrName || job.Name == keyOrName)
        ?? throw new ArgumentException($"Run {Id} has no job '{keyOrName}', only: {string.Join(", ", Jobs.Select(job => job.Name))}");
}

/// <summary>How far a job of a run is.</summary>
[JsonConverter(typeof(TolerantEnumConverter<JobStatus>))]
public enum JobStatus
{
    /// <summary>Waits for the jobs it needs.</summary>
    Pending,

    /// <summary>Waits for a runner.</summary>
    Queued,

    /// <summary>A runner has it.</summary>
    InProgress,

    /// <summary>Ended.</summary>
    Completed,
}

/// <summary>A job as the emulator shows it.</summary>
public sealed record JobInfo
{
    /// <summary>Id of the job; all zeros before it is queued.</summary>
    public JobId Id { get; init; }

    /// <summary>Its number in the REST API, and in <c>job.check_run_id</c>; 0 before it is queued.</summary>
    public long Number { get; init; }

    /// <summary>Plan that the job belongs to.</summary>
    public PlanId PlanId { get; init; }

    /// <summary>Its run.</summary>
    public long RunId { get; init; }

    /// <summary>Its key in the workflow.</summary>
    public required string Key { get; init; }

    /// <summary>Shown name, with matrix values.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    public JobStatus Status { get; init; }

    /// <summary>How it ended; <c>null</c> before.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Conclusion { get; init; }

    /// <summary>Why it ended so, where no step says it.</summary>
    public string? Reason { get; init; }

    /// <summary>Labels that its runner must have.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Whether no registered runner has all these labels: the job waits for one to come.</summary>
    public bool IsUnmatched { get; init; }

    /// <summary>Name of its runner, or <c>null</c>.</summary>
    public string? Runner { get; init; }

    /// <summary>When it was queued.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>When a runner acquired it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Until when its runner has it.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Its steps by number.</summary>
    public ImmutableArray<StepInfo> Steps { get; init; } = [];

    /// <summary>Its outputs; a secret one as <c>***</c>.</summary>
    public ImmutableSortedDictionary<string, string> Outputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Annotations of the job itself.</summary>
    public ImmutableArray<Annotation> Annotations { get; init; } = [];

    /// <summary>Address of its deployment, or <c>null</c>.</summary>
    public string? EnvironmentUrl { get; init; }

    /// <summary>Lines of its log as the runner counted them; <c>null</c> before the log was complete.</summary>
    public long? LogLines { get; init; }

    /// <summary>Whether its log was said to be complete and nothing of it has come.</summary>
    public bool IsLogMissing { get; init; }

    /// <summary>The step of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public StepInfo Step(string name) => Steps.FirstOrDefault(step => step.Name == name)
        ?? throw new ArgumentException($"Job {Name} has no step '{name}', only: {string.Join(", ", Steps.Select(step => step.Name))}");
}
