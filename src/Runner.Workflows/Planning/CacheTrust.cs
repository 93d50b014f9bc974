using System.Collections.Frozen;
using Runner.Jobs.Data;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Planning;

/// <summary>
/// What an event lets a run do with caches where nobody says (<c>cache-mode</c>, GitHub's changelog of June and September 2026): people who may not write to the
/// repository can start some events, which yet run on the default branch, where trusted runs restore what they save. Pure.
/// </summary>
internal static class CacheTrust
{
    private static readonly FrozenSet<string> Events = FrozenSet.ToFrozenSet(
        ["pull_request_target", "issue_comment", "issues", "discussion", "discussion_comment", "fork", "watch"], StringComparer.Ordinal);

    /// <summary>Whether a run's event is of low trust.</summary>
    public static bool IsLow(RunPlan plan) =>
        Events.Contains(plan.Request.EventName) || (plan.Request.EventName == "workflow_run" && IsOfFork(plan.GitHub.Find("event")));

    /// <summary>What a job may where nobody says; <c>null</c>: what its ref lets it.</summary>
    public static CacheAccess? Default(RunPlan plan) => IsLow(plan) ? CacheAccess.Restore : null;

    /// <summary>What is to be told of a job that may save all the same, as the workflow says so; <c>null</c>: nothing.</summary>
    public static string? Warning(RunPlan plan, CacheAccess? access) => access is { } given && given.HasFlag(CacheAccess.Save) && IsLow(plan)
        ? $"cache-mode is '{given.ToText()}', and '{plan.Request.EventName}' is an event that people without write access can start: what this run saves, trusted runs may restore"
        : null;

    private static bool IsOfFork(ContextData? happened) =>
        (happened as DictionaryData)?.Find("workflow_run") is DictionaryData run
        && (run.Find("head_repository") as DictionaryData)?.FindText("full_name") is { } head
        && !head.Equals((run.Find("repository") as DictionaryData)?.FindText("full_name") ?? head, StringComparison.OrdinalIgnoreCase);
}
