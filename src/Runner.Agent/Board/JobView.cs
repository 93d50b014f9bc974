using System.Collections.Immutable;
using Runner.Backends;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Board;

/// <summary>A job as people are shown it. Names are the workflow's author's own words: bounded, and to be escaped by whoever shows them.</summary>
public sealed record JobView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its workflow, or <c>null</c>: not known.</summary>
    public string? Workflow { get; init; }

    /// <summary>Its repository as <c>owner/name</c>, likewise.</summary>
    public string? Repository { get; init; }

    /// <summary>The branch or tag, likewise.</summary>
    public string? Ref { get; init; }

    /// <summary>Who started the run, likewise.</summary>
    public string? Actor { get; init; }

    /// <summary>What started it, likewise.</summary>
    public string? Event { get; init; }

    /// <summary>Number of the run, as people know it.</summary>
    public string? RunNumber { get; init; }

    /// <summary>The run at GitHub.</summary>
    public Uri? RunUrl { get; init; }

    /// <summary>The job at GitHub, with its log.</summary>
    public Uri? JobUrl { get; init; }

    /// <summary>Its pool.</summary>
    public required string Pool { get; init; }

    /// <summary>The runner that took it.</summary>
    public required string Runner { get; init; }

    /// <summary>Labels that place it.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Its pod, container or process, or <c>null</c>: it has none yet.</summary>
    public string? Place { get; init; }

    /// <summary>How often it was launched before.</summary>
    public int Attempt { get; init; }

    /// <summary>Whether an agent that is gone took it.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>Where it stands.</summary>
    public JobState State { get; init; }

    /// <summary>What it waits for, or <c>null</c>.</summary>
    public string? Why { get; init; }

    /// <summary>When it passed what.</summary>
    public JobMoments Times { get; init; } = new();

    /// <summary>How it ended; <c>null</c>: it has not.</summary>
    public Conclusion? Conclusion { get; init; }

    /// <summary>Why, as the metric <c>runner_jobs_total</c> has it.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in words, or <c>null</c>: its steps say it.</summary>
    public string? Message { get; init; }

    /// <summary>What it used, or <c>null</c>: not measured, or not known yet.</summary>
    public JobUsage? Usage { get; init; }

    /// <summary>What its container asked for, or <c>null</c>: not known yet, or the backend does not say.</summary>
    public PlaceResources? Resources { get; init; }
}

/// <summary>Where a job stands.</summary>
public enum JobState
{
    /// <summary>It was taken and has no place.</summary>
    Waiting,

    /// <summary>Its place is made, and its worker does not run yet.</summary>
    Starting,

    /// <summary>Its worker runs.</summary>
    Running,

    /// <summary>It was told to end.</summary>
    Cancelling,

    /// <summary>Its place is over, and the agent sees to the rest.</summary>
    Reporting,

    /// <summary>It is over.</summary>
    Ended,
}

/// <summary>When a job passed what. <c>null</c>: not yet, or not known.</summary>
public sealed record JobMoments
{
    /// <summary>It was queued at GitHub. Scale sets tell it.</summary>
    public DateTimeOffset? Queued { get; init; }

    /// <summary>Its offer came.</summary>
    public DateTimeOffset? Seen { get; init; }

    /// <summary>It was acquired.</summary>
    public DateTimeOffset? Taken { get; init; }

    /// <summary>Its pod, container or process was asked for.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>A node was chosen.</summary>
    public DateTimeOffset? Scheduled { get; init; }

    /// <summary>The containers run, the worker among them.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The first step began. Known at the end.</summary>
    public DateTimeOffset? FirstStep { get; init; }

    /// <summary>The last step ended. Known at the end.</summary>
    public DateTimeOffset? LastStep { get; init; }

    /// <summary>All was over.</summary>
    public DateTimeOffset? Ended { get; init; }
}
