using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Planning.Triggers;

/// <summary>Which events run a workflow: its <c>on</c> (GitHub's "Events that trigger workflows" and "Workflow syntax"). Pure.</summary>
public static class WorkflowTriggers
{
    /// <summary>Whether an event runs a workflow, and why not.</summary>
    public static TriggerVerdict Judge(Workflow workflow, TriggeringEvent happened)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(happened);
        if (workflow.FindTrigger(happened.Name) is not { } trigger)
        {
            return new(TriggerKind.OtherEvent, $"event '{happened.Name}' is not in on: {string.Join(", ", workflow.Events)}", []);
        }

        var diagnostics = new DiagnosticBag(workflow.Path);
        var reason = trigger.Schedules.IsEmpty ? EventFilter.WhyNot(happened, trigger, diagnostics) : WhyNotNow(happened, trigger);
        return diagnostics.IsEmpty
            ? new(reason is null ? TriggerKind.Runs : TriggerKind.Filtered, reason, [])
            : new(TriggerKind.Invalid, "its filters are not valid", diagnostics.ToImmutable());
    }

    // A schedule's event says which of the workflow's crons it came from.
    private static string? WhyNotNow(TriggeringEvent happened, WorkflowTrigger trigger) =>
        happened.Text("schedule") is { } cron && !trigger.Schedules.Any(schedule => schedule.Cron == cron)
            ? $"schedule '{cron}' is not in cron: {string.Join(", ", trigger.Schedules.Select(schedule => schedule.Cron))}"
            : null;
}
