using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Planning.Triggers;

/// <summary><c>types</c> of an event: which activities run a workflow.</summary>
internal static class ActivityTypes
{
    // The only events that GitHub's page gives a default other than all of their activities.
    private static readonly ImmutableArray<string> PullRequestDefault = ["opened", "synchronize", "reopened"];

    /// <summary>Why the activity of an event does not run a workflow; <c>null</c>: it does.</summary>
    /// <param name="happened">The event. One that does not say its activity runs what the event's name runs.</param>
    /// <param name="types"><c>types</c>, or <c>null</c> where none are written.</param>
    public static string? WhyNot(TriggeringEvent happened, TemplateToken? types)
    {
        var written = Read(types);
        var allowed = written.IsDefault ? DefaultOf(happened.Name) : written;
        if (happened.Action is not { } action || allowed.IsDefault || allowed.Contains(action, StringComparer.Ordinal))
        {
            return null;
        }

        return $"activity '{action}' is not in types: {string.Join(", ", allowed)}{(written.IsDefault ? " (the default)" : string.Empty)}";
    }

    private static ImmutableArray<string> DefaultOf(string eventName) =>
        eventName is "pull_request" or "pull_request_target" ? PullRequestDefault : default;

    private static ImmutableArray<string> Read(TemplateToken? types) => types switch
    {
        SequenceToken list => [.. list.Items.Select(item => item.ToString() ?? string.Empty)],
        null or NullToken => default,
        var one => [one.ToString() ?? string.Empty],
    };
}
