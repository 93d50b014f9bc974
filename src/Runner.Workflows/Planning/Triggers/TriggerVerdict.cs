using System.Collections.Immutable;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Planning.Triggers;

/// <summary>Whether an event runs a workflow.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Reason">Why it does not run, for people: <c>branch 'x' is not in branches: main</c>; <c>null</c> where it runs.</param>
/// <param name="Diagnostics">What is wrong with the filters; where there is any, the workflow is not valid and does not run.</param>
public sealed record TriggerVerdict(TriggerKind Kind, string? Reason, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether it runs.</summary>
    public bool Runs => Kind == TriggerKind.Runs;
}

/// <summary>What <c>on</c> says of an event.</summary>
public enum TriggerKind
{
    /// <summary>The event is named and passes its filters.</summary>
    Runs,

    /// <summary>The event is not named.</summary>
    OtherEvent,

    /// <summary>The event is named, but a filter or its activity types keep it out.</summary>
    Filtered,

    /// <summary>The filters cannot be read.</summary>
    Invalid,
}
