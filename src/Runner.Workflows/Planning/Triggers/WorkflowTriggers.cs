using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning.Triggers;

/// <summary>Which events run a workflow: its <c>on</c> (GitHub's "Events that trigger workflows" and "Workflow syntax"). Pure.</summary>
public static class WorkflowTriggers
{
    /// <summary>Names of the events in <c>on</c>, in the order of the file.</summary>
    public static ImmutableArray<string> EventsOf(Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return workflow.On switch
        {
            MappingToken mapping => [.. mapping.Entries.Select(entry => entry.Key.ToString() ?? string.Empty)],
            SequenceToken list => [.. list.Items.Select(item => item.ToString() ?? string.Empty)],
            var one => [one.ToString() ?? string.Empty],
        };
    }

    /// <summary>Whether an event runs a workflow, and why not.</summary>
    public static TriggerVerdict Judge(Workflow workflow, TriggeringEvent happened)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(happened);
        var events = EventsOf(workflow);
        if (!events.Contains(happened.Name, StringComparer.OrdinalIgnoreCase))
        {
            return new(TriggerKind.OtherEvent, $"event '{happened.Name}' is not in on: {string.Join(", ", events)}", []);
        }

        var diagnostics = new DiagnosticBag(workflow.Path);
        var reason = FiltersOf(workflow, happened.Name) switch
        {
            MappingToken filters => EventFilter.WhyNot(happened, filters, diagnostics),
            SequenceToken schedules => WhyNotNow(happened, schedules),
            _ => ActivityTypes.WhyNot(happened, types: null),
        };
        return diagnostics.IsEmpty
            ? new(reason is null ? TriggerKind.Runs : TriggerKind.Filtered, reason, [])
            : new(TriggerKind.Invalid, "its filters are not valid", diagnostics.ToImmutable());
    }

    /// <summary>What stands under an event in <c>on</c>; <c>null</c> where it is named only.</summary>
    internal static TemplateToken? FiltersOf(Workflow workflow, string eventName) => (workflow.On as MappingToken)?.Find(eventName);

    // A schedule's event says which of the workflow's crons it came from.
    private static string? WhyNotNow(TriggeringEvent happened, SequenceToken schedules)
    {
        var crons = schedules.Items.OfType<MappingToken>().Select(schedule => schedule.Find("cron")?.ToString() ?? string.Empty).ToList();
        return happened.Text("schedule") is { } cron && !crons.Contains(cron, StringComparer.Ordinal)
            ? $"schedule '{cron}' is not in cron: {string.Join(", ", crons)}"
            : null;
    }
}
