using System.Collections.Immutable;

namespace Runner.Workflows.Planning.Triggers;

/// <summary><c>types</c> of an event: which activities run a workflow.</summary>
internal static class ActivityTypes
{
    // The only events that GitHub's page gives a default other than all of their activities.
    private static readonly ImmutableArray<string> PullRequestDefault = ["opened", "synchronize", "reopened"];

    /// <summary>Why the activity of an event does not run a workflow; <c>null</c>: it does.</summary>
    /// <param name="happened">The event. One that does not say its activity runs what the event's name runs.</param>
    /// <param name="types"><c>types</c>; <c>default</c> where none are written.</param>
    public static string? WhyNot(TriggeringEvent happened, ImmutableArray<string> types)
    {
        var allowed = types.IsDefault ? DefaultOf(happened.Name) : types;
        if (happened.Action is not { } action || allowed.IsDefault || allowed.Contains(action, StringComparer.Ordinal))
        {
            return null;
        }

        return $"activity '{action}' is not in types: {string.Join(", ", allowed)}{(types.IsDefault ? " (the default)" : string.Empty)}";
    }

    private static ImmutableArray<string> DefaultOf(string eventName) =>
        eventName is "pull_request" or "pull_request_target" ? PullRequestDefault : default;
}
