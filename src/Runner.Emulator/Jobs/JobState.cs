using System.Collections.Immutable;
using Runner.Emulator.Events;
using Runner.Emulator.Runners;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Jobs;

/// <summary>How far a job is.</summary>
internal enum JobPhase
{
    /// <summary>Waits for a runner.</summary>
    Queued,

    /// <summary>A runner was sent the message and has not acquired it yet.</summary>
    Offered,

    /// <summary>A runner has it.</summary>
    Running,

    /// <summary>Ended.</summary>
    Completed,
}

/// <summary>A job at one moment. Each rule of its life is a function from one state to the next; <see cref="JobBoard"/> decides when.</summary>
internal sealed record JobState
{
    public required JobId Id { get; init; }

    public required PlanId Plan { get; init; }

    public required long RunId { get; init; }

    /// <summary>Key of the job in its workflow.</summary>
    public required string Key { get; init; }

    /// <summary>Shown name.</summary>
    public required string Name { get; init; }

    /// <summary>Labels that its runner must have.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>The job message as it goes to the runner; empty once the job has ended.</summary>
    public ReadOnlyMemory<byte> Message { get; init; }

    public JobPhase Phase { get; init; }

    /// <summary>The runner that it is offered to or that has it.</summary>
    public int? RunnerId { get; init; }

    public string? RunnerName { get; init; }

    /// <summary>Whether that runner takes no second job.</summary>
    public bool IsRunnerEphemeral { get; init; }

    /// <summary>Names the offer: <c>runner_request_id</c>. New with each offer.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the runner said that it got the message.</summary>
    public bool IsAcknowledged { get; init; }

    public bool IsCancelRequested { get; init; }

    /// <summary>How many runners it was offered to in vain.</summary>
    public int LostOffers { get; init; }

    /// <summary>The runner that it was offered to last, in vain.</summary>
    public int? LostBy { get; init; }

    /// <summary>The scale set that it is assigned to, or <c>null</c>: only runners of that set take it.</summary>
    public int? ScaleSet { get; init; }

    /// <summary>When it was assigned to the set.</summary>
    public DateTimeOffset? AssignedAt { get; init; }

    /// <summary>How often it was assigned in vain.</summary>
    public int LostAssignments { get; init; }

    /// <summary>Repository of its run, <c>owner/repo</c>; <c>null</c>: everybody's.</summary>
    public string? Repository { get; init; }

    /// <summary>Runner group that its runner must be of, or <c>null</c>: any.</summary>
    public string? RunnerGroup { get; init; }

    /// <summary>Whether its repository is public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What it asks of its runner.</summary>
    public RunnerDemand Demand => new(Labels, Repository, RunnerGroup, IsPublic);

    /// <summary>Its number in the REST API.</summary>
    public long Number { get; init; }

    /// <summary>The runner that has the job or is to decide on it; <c>null</c> in the queue and after the end.</summary>
    public int? Holder => Phase is JobPhase.Offered or JobPhase.Running ? RunnerId : null;

    /// <summary>How long it may run. Default 6 h, GitHub's own.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long it may take to stop when it is cancelled. Default 5 min, GitHub's own.</summary>
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public DateTimeOffset QueuedAt { get; init; }

    public DateTimeOffset? OfferedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When the offer or the lock ends.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public Conclusion? Conclusion { get; init; }

    /// <summary>Why it ended so, where its worker did not say it.</summary>
    public string? Reason { get; init; }

    public string? EnvironmentUrl { get; init; }

    public ImmutableSortedDictionary<string, OutputValue> Outputs { get; init; } = ImmutableSortedDictionary<string, OutputValue>.Empty;

    public ImmutableArray<Annotation> Annotations { get; init; } = [];

    /// <summary>Steps by number.</summary>
    public ImmutableArray<StepInfo> Steps { get; init; } = [];

    /// <summary>Lines of its log, as the runner counted them.</summary>
    public long? LogLines { get; init; }

    /// <summary>Whether its log was said to be complete and nothing of it has come.</summary>
    public bool IsLogMissing { get; init; }

    public JobState Offer(RunnerRecord runner, string requestId, DateTimeOffset now, TimeSpan duration) => this with
    {
        Phase = JobPhase.Offered,
        RunnerId = runner.Id,
        RunnerName = runner.Name,
        IsRunnerEphemeral = runner.IsEphemeral,
        RequestId = requestId,
        IsAcknowledged = false,
        OfferedAt = now,
        DueAt = now + duration,
    };

    /// <summary>Back to the queue: the runner did not take it.</summary>
    public JobState Withdraw() => this with
    {
        LostBy = RunnerId, Phase = JobPhase.Queued, RunnerId = null, RunnerName = null, RequestId = null, IsAcknowledged = false, OfferedAt = null, DueAt = null,
    };

    public JobState Assign(int scaleSet, DateTimeOffset now) => this with { ScaleSet = scaleSet, AssignedAt = now };

    /// <summary>Back to everybody's queue: no runner of the set took it.</summary>
    public JobState Unassign(bool isLost) => this with { ScaleSet = null, AssignedAt = null, LostAssignments = LostAssignments + (isLost ? 1 : 0) };

    public JobState Start(DateTimeOffset now, TimeSpan lockDuration) =>
        this with { Phase = JobPhase.Running, StartedAt = StartedAt ?? now, DueAt = now + lockDuration };

    public JobState Complete(Conclusion conclusion, string? reason, DateTimeOffset now) => this with
    {
        Phase = JobPhase.Completed,
        Conclusion = conclusion,
        Reason = reason ?? Reason,
        CompletedAt = now,
        DueAt = null,
        Message = default,
    };

    /// <summary>Ends before a runner has it: one that it is offered to has not run it and may take another.</summary>
    public JobState CancelUnstarted(DateTimeOffset now) =>
        (this with { IsCancelRequested = true, RunnerId = null, RunnerName = null, IsRunnerEphemeral = false })
            .Complete(Runner.Jobs.Outcomes.Conclusion.Canceled, "Cancelled before a runner took it.", now);

    /// <summary>Ends because nobody acquired it; GitHub's words (actions/runner#4728).</summary>
    public JobState GiveUp(DateTimeOffset now)
    {
        const string Reason = "The job was not acquired by Runner of type self-hosted even after multiple attempts";
        return (this with
        {
            RunnerId = null,
            RunnerName = null,
            IsRunnerEphemeral = false,
            Annotations = [.. Annotations, new Annotation { Level = AnnotationLevel.Failure, Message = Reason }],
        }).Complete(Runner.Jobs.Outcomes.Conclusion.Canceled, Reason, now);
    }

    /// <summary>Puts in the newer state of a step, or adds it.</summary>
    public JobState WithStep(StepInfo step)
    {
        var index = -1;
        for (var i = 0; i < Steps.Length && index < 0; i++)
        {
            index = Steps[i].Id == step.Id ? i : -1;
        }

        var steps = index >= 0 ? Steps.SetItem(index, step) : Steps.Add(step);
        return this with { Steps = steps.Sort((one, other) => one.Number.CompareTo(other.Number)) };
    }
}
