using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Events;

/// <summary>A step as the emulator knows it.</summary>
public sealed record StepInfo
{
    /// <summary>Id of the step's record.</summary>
    public required StepId Id { get; init; }

    /// <summary>Place among the steps, from 1.</summary>
    public int Number { get; init; }

    /// <summary>Shown name.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>How far it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<StepStatus>))]
    public StepStatus Status { get; init; }

    /// <summary>How it ended; <c>null</c> before.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Conclusion { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Lines of its log, as the runner counted them; <c>null</c> before its log was complete.</summary>
    public long? LogLines { get; init; }

    /// <summary>Whether its log was said to be complete and nothing of it has come.</summary>
    public bool IsLogMissing { get; init; }

    /// <summary>Its annotations, known at the end of the job.</summary>
    public ImmutableArray<Annotation> Annotations { get; init; } = [];

    /// <summary>Number of the update that said this; an older one that comes late changes nothing.</summary>
    [JsonIgnore]
    internal long ChangeOrder { get; init; }
}
