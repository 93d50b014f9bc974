using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Outcomes;

/// <summary>A step as its worker tells it, to GitHub and to its launcher alike (<c>run-service.md</c> section 4.1, <c>results-service.md</c> section 2).</summary>
public sealed record StepRecord
{
    /// <summary>Id of the record.</summary>
    public required StepId Id { get; init; }

    /// <summary>Place among the steps shown, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Shown name, masked.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<StepStatus>))]
    public StepStatus Status { get; init; }

    /// <summary>How it ended, after <c>continue-on-error</c>; <c>null</c> before.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Conclusion { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary><c>owner/repo</c> with path, or image; <c>null</c> for scripts.</summary>
    public string? ActionName { get; init; }

    /// <summary>Ref of the action.</summary>
    public string? Ref { get; init; }

    /// <summary><c>run</c>, <c>composite</c>, <c>node20</c>, <c>runner</c>, …</summary>
    public string? Type { get; init; }

    /// <summary>What it has to do with steps in the background; <c>null</c>: nothing.</summary>
    public StepBackground? Background { get; init; }

    /// <summary>Lines in its log.</summary>
    public long LogLines { get; init; }

    /// <summary>Its errors, warnings and notices.</summary>
    public ImmutableArray<Annotation> Annotations { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>What a step has to do with steps in the background.</summary>
public sealed record StepBackground
{
    /// <summary>Whether it runs in the background.</summary>
    public bool IsBackground { get; init; }

    /// <summary><c>wait</c>, <c>wait-all</c> or <c>cancel</c>; <c>null</c>: it is none of them.</summary>
    public string? ControlType { get; init; }

    /// <summary>Records of the steps that it waits for or cancels; empty for <c>wait-all</c>.</summary>
    public ImmutableArray<StepId> ControlledSteps { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The group of steps that run at the same time, or <c>null</c>.</summary>
    public string? ParallelGroup { get; init; }
}
