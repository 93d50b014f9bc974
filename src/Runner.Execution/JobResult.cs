using System.Collections.Immutable;
using Runner.Jobs.Outcomes;

namespace Runner.Execution;

/// <summary>All that is to be told about a job that ran.</summary>
public sealed record JobResult
{
    /// <summary>How the job ended.</summary>
    public required Conclusion Conclusion { get; init; }

    /// <summary>Job outputs by name.</summary>
    public ImmutableDictionary<string, OutputValue> Outputs { get; init; } = ImmutableDictionary<string, OutputValue>.Empty;

    /// <summary>The steps in their last state, in order.</summary>
    public ImmutableArray<StepRecord> Steps { get; init; } = [];

    /// <summary>Annotations of the job itself.</summary>
    public ImmutableArray<Annotation> Annotations { get; init; } = [];

    /// <summary>Evaluated address of the deployment environment, or <c>null</c>.</summary>
    public string? EnvironmentUrl { get; init; }

    /// <summary>Why it failed where no step says it, or <c>null</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>When the first step's process started, or <c>null</c>.</summary>
    public DateTimeOffset? FirstStep { get; init; }

    /// <summary>When the last step ended, or <c>null</c>.</summary>
    public DateTimeOffset? LastStepEnded { get; init; }

    /// <summary>What it used, or <c>null</c>: nobody measured.</summary>
    public JobUsage? Usage { get; init; }
}
