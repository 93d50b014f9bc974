using System.Collections.Immutable;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Planning.Triggers;

/// <summary>The filters of one event in <c>on</c>, against an event that happened.</summary>
/// <remarks>
/// All kinds of filter must let the event through. A push that has filters for branches only is not run for tags, and the other way round;
/// with filters for both, the one of its own kind decides. Filters on paths are not asked for tags.
/// </remarks>
internal sealed class EventFilter
{
    private readonly TriggeringEvent _event;
    private readonly WorkflowTrigger _trigger;
    private readonly DiagnosticBag _diagnostics;

    private EventFilter(TriggeringEvent happened, WorkflowTrigger trigger, DiagnosticBag diagnostics)
    {
        _event = happened;
        _trigger = trigger;
        _diagnostics = diagnostics;
    }

    /// <summary>Why the filters keep the event out; <c>null</c>: they let it through. Filters that cannot be read are reported.</summary>
    public static string? WhyNot(TriggeringEvent happened, WorkflowTrigger trigger, DiagnosticBag diagnostics)
    {
        var filter = new EventFilter(happened, trigger, diagnostics);

        // All are read, whichever decides: what is wrong with a filter is told at the first run.
        string?[] reasons =
        [
            ActivityTypes.WhyNot(happened, trigger.Types),
            filter.WhyNotRef(filter.Both("branches"), filter.Both("tags")),
            filter.WhyNotPaths(filter.Both("paths")),
            filter.WhyNotWorkflow(),
            filter.WhyNotImage(filter.Read("names"), "image_name"),
            filter.WhyNotImage(filter.Read("versions"), "version"),
        ];
        return Array.Find(reasons, reason => reason is not null);
    }

    private (FilterPatterns? In, FilterPatterns? Out) Both(string key) => (Read(key), Read($"{key}-ignore"));

    private FilterPatterns? Read(string key) => FilterPatterns.Read(_trigger.FindFilter(key), _diagnostics);

    private string? WhyNotRef((FilterPatterns? In, FilterPatterns? Out) branches, (FilterPatterns? In, FilterPatterns? Out) tags)
    {
        if (_event.Name != "push")
        {
            return _event.Branch is { } named ? WhyNot("branch", named, branches) : null;
        }

        var (hasBranches, hasTags) = (branches != default, tags != default);
        return (_event.PushedBranch, _event.PushedTag) switch
        {
            ({ } branch, _) when hasBranches => WhyNot("branch", branch, branches),
            ({ } branch, _) when hasTags => $"branch '{branch}' was pushed, and there are filters for tags only",
            (_, { } tag) when hasTags => WhyNot("tag", tag, tags),
            (_, { } tag) when hasBranches => $"tag '{tag}' was pushed, and there are filters for branches only",
            _ => null,
        };
    }

    private static string? WhyNot(string what, string name, (FilterPatterns? In, FilterPatterns? Out) patterns) => patterns switch
    {
        ({ } included, _) when !included.Include(name) => $"{what} '{name}' is not in {included}",
        (_, { } ignored) when ignored.Include(name) => $"{what} '{name}' is in {ignored}",
        _ => null,
    };

    private string? WhyNotPaths((FilterPatterns? In, FilterPatterns? Out) patterns)
    {
        var changed = _event.ChangedPaths;
        if (changed.IsDefault || (_event.Name == "push" && _event.PushedTag is not null))
        {
            return null;
        }

        return patterns switch
        {
            ({ } included, _) when !changed.Any(included.Include) => $"{Changed(changed)} in {included}",
            (_, { } ignored) when changed.All(ignored.Include) => $"all that changed is in {ignored}",
            _ => null,
        };
    }

    private static string Changed(ImmutableArray<string> paths) => paths.Length switch
    {
        0 => "no file changed",
        1 => $"the changed file '{paths[0]}' is not",
        _ => $"none of the {paths.Length} changed files is",
    };

    private string? WhyNotWorkflow()
    {
        if (_trigger.FindFilter("workflows") is not { } filter
            || (_event.Text("workflow_run", "name") ?? _event.Text("workflow", "name")) is not { } name)
        {
            return null;
        }

        // Names, not patterns: a workflow may be called "Build [nightly]".
        var names = filter.Patterns.Select(pattern => pattern.Value).ToList();
        return names.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : $"workflow '{name}' is not in workflows: {string.Join(", ", names)}";
    }

    private string? WhyNotImage(FilterPatterns? patterns, string member) =>
        patterns is not null && _event.Text(member) is { } value && !patterns.Include(value) ? $"{member} '{value}' is not in {patterns}" : null;
}
