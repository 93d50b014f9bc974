using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs.Link;

/// <summary>A step as its worker reports it: Execution's <c>StepRecord</c> on the wire.</summary>
public sealed record StepState
{
    /// <summary>Id of the record.</summary>
    public required StepId Id { get; init; }

    /// <summary>Place among the steps shown, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Shown name, masked.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<StepStatus>))]
    public required StepStatus Status { get; init; }

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

    /// <summary>Its errors, warnings and notices.</summary>
    public ImmutableArray<Annotation> Annotations { get; init => field = value.IsDefault ? [] : value; } = [];
}
