using System.Collections.Frozen;
using System.Collections.Immutable;
using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary><c>on</c>: the events of GitHub's "Events that trigger workflows", their activity types and filters.</summary>
internal static class EventGrammar
{
    private static readonly string[] Changes = ["created", "edited", "deleted"];

    private static readonly string[] PullRequestTypes =
    [
        "assigned", "unassigned", "labeled", "unlabeled", "opened", "edited", "closed", "reopened", "synchronize", "converted_to_draft",
        "locked", "unlocked", "enqueued", "dequeued", "milestoned", "demilestoned", "ready_for_review", "review_requested",
        "review_request_removed", "auto_merge_enabled", "auto_merge_disabled", "stacked",
    ];

    private static readonly string[] IssueTypes =
    [
        "opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned", "unassigned", "labeled",
        "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "field_added", "field_removed", "typed", "untyped",
    ];

    private static readonly string[] DiscussionTypes =
    [
        "created", "edited", "deleted", "transferred", "pinned", "unpinned", "labeled", "unlabeled", "locked", "unlocked",
        "category_changed", "answered", "unanswered",
    ];

    private static readonly string[] ReleaseTypes =
        ["published", "unpublished", "created", "edited", "deleted", "prereleased", "released"];

    private static readonly MappingShape Schedule = Keys(Required("cron", NonEmptyText), Key("timezone", NonEmptyText));

    private static readonly MappingShape CallInput = Keys(
        Required("type", Words("string", "boolean", "number")),
        Key("description", Text),
        Key("required", Shapes.Boolean),
        Key("default", In(Scopes.Run, OneOf(Text, Shapes.Boolean, Number))));

    private static readonly MappingShape DispatchInput = Keys(
        Key("type", Words("string", "boolean", "number", "environment", "choice")),
        Key("description", Text),
        Key("required", Shapes.Boolean),
        Key("default", OneOf(Text, Shapes.Boolean, Number)),
        Key("options", ListOf(Text)));

    private static readonly ImmutableArray<Property> Events =
    [
        Event("branch_protection_rule", Changes),
        Event("check_run", ["completed", "created", "rerequested", "requested_action"]),
        Event("check_suite", ["completed"]),
        Key("create", Null),
        Key("delete", Null),
        Key("deployment", Null),
        Key("deployment_status", Null),
        Event("discussion", DiscussionTypes),
        Event("discussion_comment", Changes),
        Key("fork", Null),
        Key("gollum", Null),
        Event("image_version", ["created", "ready", "deleted"], "names", "versions"),
        Event("issue_comment", Changes),
        Event("issues", IssueTypes),
        Event("label", Changes),
        Event("merge_group", ["checks_requested"], "branches", "branches-ignore"),
        Event("milestone", ["created", "closed", "opened", "edited", "deleted"]),
        Key("page_build", Null),
        Event("project", ["created", "closed", "reopened", "edited", "deleted"]),
        Event("project_card", ["created", "moved", "converted", "edited", "deleted"]),
        Event("project_column", ["created", "updated", "moved", "deleted"]),
        Key("public", Null),
        Event("pull_request", PullRequestTypes, "branches", "branches-ignore", "paths", "paths-ignore"),
        Event("pull_request_comment", Changes),
        Event("pull_request_review", ["submitted", "edited", "dismissed"]),
        Event("pull_request_review_comment", Changes),
        Event("pull_request_target", PullRequestTypes, "branches", "branches-ignore", "paths", "paths-ignore"),
        Event("push", [], "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"),
        Event("registry_package", ["published", "updated"]),
        Event("release", ReleaseTypes),
        Key("repository_dispatch", OneOf(Null, Keys(Key("types", NonEmptyTexts)))),
        Key("schedule", ListOf(Schedule)),
        Key("status", Null),
        Event("watch", ["started"]),
        Key("workflow_call", OneOf(Null, WorkflowCall())),
        Key("workflow_dispatch", OneOf(Null, Keys(Key("inputs", NamesTo(DispatchInput))))),
        Event("workflow_run", ["requested", "completed", "in_progress"], "workflows", "branches", "branches-ignore"),
    ];

    private static readonly FrozenDictionary<string, Property> ByName = Events.ToFrozenDictionary(property => property.Name, StringComparer.Ordinal);

    private static readonly StringShape EventName = new() { Values = [.. Events.Select(property => property.Name)] };

    /// <summary>A name, a list of names, or a mapping of names to filters.</summary>
    public static Shape On { get; } = OneOf(EventName, ListOf(EventName), new MappingShape { Properties = Events });

    /// <summary>The same as GitHub's service reads it when a file is pushed: only <c>workflow_call</c> has a form.</summary>
    public static Shape Loose { get; } = OneOf(
        Text,
        ListOf(Any),
        Keys(Key("workflow_call", ByName["workflow_call"].Value)) with { LooseKey = NonEmptyText, LooseValue = Any });

    /// <summary>Names of all events.</summary>
    public static ImmutableArray<string> Names => EventName.Values;

    /// <summary>Whether an event is filtered by a key, such as <c>branches</c>. GitHub leaves any other alone; so it does with all keys of events that are not known here.</summary>
    public static bool HasFilter(string eventName, string key) =>
        ByName.TryGetValue(eventName, out var known) && known.Value.Choices.OfType<MappingShape>().Any(mapping => mapping.Find(key) is not null);

    private static Property Event(string name, string[] types, params ReadOnlySpan<string> filters)
    {
        var keys = ImmutableArray.CreateBuilder<Property>();
        if (types.Length > 0)
        {
            keys.Add(Key("types", OneOf(Words(types), ListOf(Words(types)))));
        }

        foreach (var filter in filters)
        {
            keys.Add(Key(filter, TextOrTexts));
        }

        return Key(name, OneOf(Null, new MappingShape { Properties = keys.ToImmutable() }));
    }

    private static MappingShape WorkflowCall() => Keys(
        Key("inputs", NamesTo(CallInput)),
        Key("secrets", NamesTo(OneOf(Null, Keys(Key("description", Text), Key("required", Shapes.Boolean))))),
        Key("outputs", NamesTo(Keys(Required("value", In(Scopes.CalledOutputs, Text)), Key("description", Text)))));
}
