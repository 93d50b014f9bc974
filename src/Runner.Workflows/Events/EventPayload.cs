using System.Text.Json.Nodes;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Events;

/// <summary>
/// Makes the payload of an event that nobody gave: what GitHub would send for a commit, with all members that its schema asks for (GitHub's page
/// "Webhook events and payloads"; the shapes stand in <c>payloads.json</c>). Pure.
/// </summary>
public static class EventPayload
{
    private static readonly PayloadShapes Shapes = PayloadShapes.Load();

    /// <summary>Whether the shape of an event is known; of any other the payload has repository and sender only.</summary>
    /// <param name="name">The event.</param>
    public static bool IsKnown(string name) => Shapes.HasEvent(name);

    /// <summary>The payload of an event.</summary>
    /// <param name="name">The event.</param>
    /// <param name="origin">Where it happened.</param>
    public static JsonObject Of(string name, EventOrigin origin) => Of(name, origin, action: null, workflow: null);

    /// <summary>The payload as a workflow would get it: an activity that it listens to, a time and a triggering workflow of its own.</summary>
    /// <param name="name">The event.</param>
    /// <param name="origin">Where it happened.</param>
    /// <param name="workflow">The workflow.</param>
    public static JsonObject Of(string name, EventOrigin origin, Workflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        var trigger = workflow.FindTrigger(name);
        var usual = Shapes.UsualAction(name);
        var action = trigger is { Types: { IsDefaultOrEmpty: false } types } && !types.Contains(usual ?? string.Empty, StringComparer.Ordinal) ? types[0] : usual;
        var payload = Of(name, origin, action, workflow);
        if (trigger?.Schedules is [var first, ..])
        {
            payload["schedule"] = first.Cron;
        }

        return payload;
    }

    /// <summary>The payload of one activity of an event.</summary>
    internal static JsonObject Of(string name, EventOrigin origin, string? action, Workflow? workflow)
    {
        ArgumentNullException.ThrowIfNull(origin);
        var values = PayloadValues.Of(origin);
        values["workflowPath"] = workflow?.Path ?? ".github/workflows/workflow.yml";
        values["triggering"] = Triggering(workflow?.FindTrigger(name)) ?? "CI";
        return Shapes.Make(name, action ?? Shapes.UsualAction(name), values);
    }

    private static string? Triggering(WorkflowTrigger? trigger) => trigger?.FindFilter("workflows")?.Patterns.FirstOrDefault()?.Value;
}
