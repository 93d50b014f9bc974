using System.Collections.Immutable;
using Runner.Backends;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Board;

/// <summary>What the last runs of a job used. Names are the workflow's author's own words, as in <see cref="JobView"/>.</summary>
public sealed record UsedJob
{
    /// <summary>Its pool.</summary>
    public required string Pool { get; init; }

    /// <summary>Its repository as <c>owner/name</c>.</summary>
    public required string? Repository { get; init; }

    /// <summary>Its workflow, or <c>null</c>: not known.</summary>
    public string? Workflow { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What its last container asked for, or <c>null</c>: the backend does not say.</summary>
    public PlaceResources? Resources { get; init; }

    /// <summary>Its runs, the last one last.</summary>
    public ImmutableArray<UsedRun> Runs { get; init; } = [];
}

/// <summary>What a job used in one run. <c>null</c>: not known.</summary>
public sealed record UsedRun
{
    /// <summary>When it was over.</summary>
    public DateTimeOffset Ended { get; init; }

    /// <summary>How it ended.</summary>
    public Conclusion? Conclusion { get; init; }

    /// <summary>For how long it was measured; of one that was killed, from the start of its container to its end.</summary>
    public double? Seconds { get; init; }

    /// <summary>Time of processors.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Most memory at a moment.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Most that it might have had.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>The step with the most memory.</summary>
    public string? PeakStep { get; init; }

    /// <summary>Whether its place was killed for want of memory.</summary>
    public bool IsOutOfMemory { get; init; }
}
