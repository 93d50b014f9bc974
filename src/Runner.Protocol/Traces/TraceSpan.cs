using System.Collections.Immutable;

namespace Runner.Protocol.Traces;

/// <summary>A part of a job in its trace.</summary>
public sealed record TraceSpan
{
    /// <summary>The trace.</summary>
    public required string TraceId { get; init; }

    /// <summary>This part.</summary>
    public required string SpanId { get; init; }

    /// <summary>What it is a part of, or <c>null</c>: it is the whole.</summary>
    public string? ParentId { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ended; not before it began.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>What is known of it, by the names of OpenTelemetry's conventions where they have one. What is <c>null</c> is left out.</summary>
    public ImmutableArray<(string Name, string? Value)> Attributes { get; init; } = [];

    /// <summary>Whether it failed.</summary>
    public bool IsFailed { get; init; }

    /// <summary>Why, or <c>null</c>.</summary>
    public string? Message { get; init; }
}
