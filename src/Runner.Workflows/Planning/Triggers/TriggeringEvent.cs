using System.Collections.Immutable;
using Runner.Jobs.Data;

namespace Runner.Workflows.Planning.Triggers;

/// <summary>What happened, as far as it decides which workflows run.</summary>
public sealed record TriggeringEvent
{
    private const string Branches = "refs/heads/";
    private const string Tags = "refs/tags/";

    /// <summary>Name of the event, such as <c>push</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The event's payload (<c>github.event</c>). Default empty.</summary>
    public DictionaryData Payload { get; init; } = DictionaryData.Empty;

    /// <summary>Full ref of a push, such as <c>refs/heads/main</c>; <c>null</c>: what the payload's <c>ref</c> says.</summary>
    public string? Ref { get; init; }

    /// <summary>
    /// Paths of the files that changed, relative to the repository, with <c>/</c>. Default (<c>default</c>): not known, and then filters on
    /// paths let everything through, as GitHub does where a difference is too large.
    /// </summary>
    public ImmutableArray<string> ChangedPaths { get; init; }

    /// <summary>Activity type (<c>action</c> of the payload), or <c>null</c>.</summary>
    internal string? Action => Payload.FindText("action");

    /// <summary>Branch that a push went to, or <c>null</c>.</summary>
    internal string? PushedBranch => After(PushedRef, Branches) ?? (PushedRef is { } name && !name.StartsWith("refs/", StringComparison.Ordinal) ? name : null);

    /// <summary>Tag that was pushed, or <c>null</c>.</summary>
    internal string? PushedTag => After(PushedRef, Tags);

    /// <summary>The branch that filters of events other than a push look at: the base of a pull request, the head of a workflow's run.</summary>
    internal string? Branch => Name switch
    {
        "pull_request" or "pull_request_target" => Text("pull_request", "base", "ref"),
        "merge_group" => Text("merge_group", "base_ref") is { } baseRef ? After(baseRef, Branches) ?? baseRef : null,
        "workflow_run" => Text("workflow_run", "head_branch"),
        _ => null,
    };

    private string? PushedRef => Ref ?? Payload.FindText("ref");

    /// <summary>The text at a path of the payload, or <c>null</c>.</summary>
    internal string? Text(params ReadOnlySpan<string> path)
    {
        ContextData? found = Payload;
        foreach (var name in path)
        {
            found = (found as DictionaryData)?.Find(name);
        }

        return (found as StringData)?.Value;
    }

    private static string? After(string? text, string start) =>
        text is not null && text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : null;
}
