using System.Collections.Immutable;
using Runner.Agent.Configuration;

namespace Runner.Agent.Board;

/// <summary>A pool: what it has, what it takes, and why it takes no more.</summary>
public sealed record PoolView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it takes jobs.</summary>
    public PoolMode Mode { get; init; }

    /// <summary>Labels of its runners.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Those of them that are sizes which a job may ask for.</summary>
    public ImmutableArray<string> Sizes { get; init; } = [];

    /// <summary>Most jobs at a time.</summary>
    public int MaxJobs { get; init; }

    /// <summary>Jobs whose worker runs.</summary>
    public int Running { get; init; }

    /// <summary>Jobs that were taken and whose worker does not run yet.</summary>
    public int Waiting { get; init; }

    /// <summary>Further jobs that it takes.</summary>
    public int Free { get; init; }

    /// <summary>Free places for which it takes none: such jobs wait at GitHub.</summary>
    public int HeldBack { get; init; }

    /// <summary>Why it holds them back: <c>failing</c>, <c>quota</c>, <c>unplaceable</c> or <c>none</c>.</summary>
    public string Reason { get; init; } = "none";

    /// <summary>The same in words, or <c>null</c>.</summary>
    public string? Why { get; init; }

    /// <summary>Whether it takes no jobs as none could be started.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Why it is not ready, or <c>null</c>.</summary>
    public string? Trouble { get; init; }

    /// <summary>Its jobs as GitHub counts them, or <c>null</c>: GitHub does not tell.</summary>
    public QueueView? Queue { get; init; }
}

/// <summary>Jobs of a scale set as GitHub counted them last.</summary>
/// <param name="Available">Jobs that were not acquired.</param>
/// <param name="Assigned">Jobs that are assigned to the set, those that run among them.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="At">When it counted.</param>
public sealed record QueueView(int Available, int Assigned, int Running, DateTimeOffset At)
{
    /// <summary>Jobs that wait at GitHub for a runner of the set.</summary>
    public int Queued => Available + Math.Max(0, Assigned - Running);
}
