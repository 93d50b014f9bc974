using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Triggers;

/// <summary>One event of <c>on</c>, with what is written under it.</summary>
/// <param name="Event">Name of the event, such as <c>push</c>.</param>
public sealed record WorkflowTrigger(string Event)
{
    /// <summary>Where the name stands.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary><c>types</c>; <c>default</c>: none are written, and the event's own default holds.</summary>
    public ImmutableArray<string> Types { get; init; }

    /// <summary>Filters by name, such as <c>branches</c> and <c>paths-ignore</c>.</summary>
    public ImmutableArray<TriggerFilter> Filters { get; init; } = [];

    /// <summary>The times of <c>schedule</c>.</summary>
    public ImmutableArray<TriggerSchedule> Schedules { get; init; } = [];

    /// <summary>Inputs of <c>workflow_dispatch</c> and <c>workflow_call</c>.</summary>
    public ImmutableArray<InputDefinition> Inputs { get; init; } = [];

    /// <summary>Secrets of <c>workflow_call</c>.</summary>
    public ImmutableArray<SecretDefinition> Secrets { get; init; } = [];

    /// <summary>Outputs of <c>workflow_call</c>.</summary>
    public ImmutableArray<OutputDefinition> Outputs { get; init; } = [];

    /// <summary>The filter of a name, or <c>null</c>.</summary>
    public TriggerFilter? FindFilter(string name) => Filters.FirstOrDefault(filter => filter.Name == name);
}

/// <summary>One filter of an event.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Position">Where its value stands.</param>
/// <param name="Patterns">The patterns, with their places.</param>
public sealed record TriggerFilter(string Name, SourcePosition? Position, ImmutableArray<StringToken> Patterns);

/// <summary>One time of <c>schedule</c>.</summary>
/// <param name="Cron">Five fields, as POSIX has them.</param>
/// <param name="TimeZone">IANA name; <c>null</c>: UTC.</param>
/// <param name="Position">Where it stands.</param>
public sealed record TriggerSchedule(string Cron, string? TimeZone, SourcePosition? Position = null);

/// <summary>One secret of <c>workflow_call</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRequired">Whether a calling job must give it.</param>
public sealed record SecretDefinition(string Name, bool IsRequired);

/// <summary>One output of <c>workflow_call</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What it is, evaluated when the called workflow has ended; <c>null</c>: nothing.</param>
public sealed record OutputDefinition(string Name, TemplateToken? Value);
