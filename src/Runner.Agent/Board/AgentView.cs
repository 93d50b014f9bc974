using System.Collections.Immutable;

namespace Runner.Agent.Board;

/// <summary>What people are shown of an agent at a moment. It holds no secret: names and counts, and words that stand in logs, too.</summary>
public sealed record AgentView
{
    /// <summary>The agent itself.</summary>
    public required AgentFacts Agent { get; init; }

    /// <summary>Its pools, in the settings' order.</summary>
    public ImmutableArray<PoolView> Pools { get; init; } = [];

    /// <summary>Jobs that it looks after, the oldest first.</summary>
    public ImmutableArray<JobView> Jobs { get; init; } = [];

    /// <summary>Jobs that have ended, the last first; a bounded number of them, and none from before its start.</summary>
    public ImmutableArray<JobView> Recent { get; init; } = [];

    /// <summary>Why jobs failed since its start, the most frequent cause first.</summary>
    public ImmutableArray<FailureView> Failures { get; init; } = [];
}

/// <summary>An agent.</summary>
public sealed record AgentFacts
{
    /// <summary>Its name.</summary>
    public required string Instance { get; init; }

    /// <summary>Version of this program.</summary>
    public required string Version { get; init; }

    /// <summary>Where jobs run: <c>host</c>, <c>docker</c> or <c>kubernetes</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>Where jobs come from.</summary>
    public required Uri GitHub { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Why it takes no jobs, or not of all pools: one line each; empty: it is ready.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>What GitHub allows it.</summary>
    public ImmutableArray<LimitView> Limits { get; init; } = [];
}

/// <summary>A limit of GitHub's REST service, as it told last.</summary>
/// <param name="Resource">What is limited.</param>
/// <param name="Limit">Calls an hour.</param>
/// <param name="Remaining">Calls left of them.</param>
/// <param name="Reset">When they are full again.</param>
/// <param name="ClosedUntil">Until when GitHub asked to send nothing, or <c>null</c>: it did not.</param>
public sealed record LimitView(string Resource, int? Limit, int? Remaining, DateTimeOffset? Reset, DateTimeOffset? ClosedUntil);

/// <summary>Failures of one cause.</summary>
/// <param name="Reason">The cause: <c>none</c> where a step failed, else as the metric <c>runner_jobs_total</c> has it.</param>
/// <param name="Count">How many.</param>
/// <param name="LastJob">The last job that failed so.</param>
/// <param name="LastName">Its name.</param>
/// <param name="LastMessage">What its author was told, or <c>null</c>.</param>
/// <param name="LastAt">When that was.</param>
public sealed record FailureView(string Reason, int Count, string LastJob, string LastName, string? LastMessage, DateTimeOffset LastAt);
