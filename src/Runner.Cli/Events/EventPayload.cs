using System.Text.Json.Nodes;
using Runner.Jobs.Data;
using Runner.Workflows.Model;

namespace Runner.Cli.Events;

/// <summary>
/// Makes the payload of an event that has no file: what GitHub would send for the commit that is checked out, as far as it can be known
/// (GitHub's page "Webhook events and payloads"). Pure.
/// </summary>
internal static class EventPayload
{
    /// <summary>Activity that is taken where the event has several and the workflow does not choose.</summary>
    private static readonly Dictionary<string, string> DefaultActions = new(StringComparer.Ordinal)
    {
        ["check_run"] = "completed",
        ["check_suite"] = "completed",
        ["issue_comment"] = "created",
        ["issues"] = "opened",
        ["merge_group"] = "checks_requested",
        ["pull_request"] = "opened",
        ["pull_request_review"] = "submitted",
        ["pull_request_review_comment"] = "created",
        ["pull_request_target"] = "opened",
        ["release"] = "published",
        ["watch"] = "started",
        ["workflow_run"] = "completed",
    };

    /// <summary>The payload of an event.</summary>
    /// <param name="name">The event.</param>
    /// <param name="origin">Where it happened.</param>
    public static JsonObject Default(string name, EventOrigin origin)
    {
        var payload = name switch
        {
            "push" => Push(origin),
            "pull_request" or "pull_request_target" or "pull_request_review" or "pull_request_review_comment" => PullRequest(origin),
            "workflow_dispatch" => new JsonObject { ["ref"] = origin.Ref, ["workflow"] = null }, // the planner adds the inputs
            "release" => new JsonObject { ["release"] = new JsonObject { ["tag_name"] = origin.RefName, ["name"] = origin.RefName, ["draft"] = false, ["prerelease"] = false } },
            "issues" or "issue_comment" => new JsonObject { ["issue"] = new JsonObject { ["number"] = 1, ["title"] = origin.Subject, ["body"] = string.Empty } },
            "create" or "delete" => new JsonObject { ["ref"] = origin.RefName, ["ref_type"] = origin.Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch" },
            _ => [],
        };
        if (DefaultActions.TryGetValue(name, out var action))
        {
            payload["action"] = action;
        }

        payload["repository"] = Repository(origin);
        payload["sender"] = new JsonObject { ["login"] = origin.Actor, ["type"] = "User" };
        return payload;
    }

    /// <summary>The payload as a workflow would get it: an activity that it listens to, a time of its own.</summary>
    public static ContextData For(Workflow workflow, ContextData payload, string name)
    {
        if (payload is not DictionaryData members || workflow.FindTrigger(name) is not { } trigger)
        {
            return payload;
        }

        if (trigger is { Types: { IsDefaultOrEmpty: false } types } && !types.Contains(members.FindText("action") ?? string.Empty, StringComparer.Ordinal))
        {
            members = members.With("action", new StringData(types[0]));
        }

        return trigger.Schedules is [var first, ..] ? members.With("schedule", new StringData(first.Cron)) : members;
    }

    private static JsonObject Push(EventOrigin origin) => new()
    {
        ["ref"] = origin.Ref,
        ["before"] = EventOrigin.NoCommit,
        ["after"] = origin.Sha,
        ["created"] = false,
        ["deleted"] = false,
        ["forced"] = false,
        ["base_ref"] = null,
        ["commits"] = new JsonArray(),
        ["head_commit"] = new JsonObject { ["id"] = origin.Sha, ["message"] = origin.Subject },
        ["pusher"] = new JsonObject { ["name"] = origin.Actor },
    };

    private static JsonObject PullRequest(EventOrigin origin) => new()
    {
        ["number"] = 1,
        ["pull_request"] = new JsonObject
        {
            ["number"] = 1,
            ["title"] = origin.Subject,
            ["state"] = "open",
            ["draft"] = false,
            ["merged"] = false,
            ["labels"] = new JsonArray(),
            ["user"] = new JsonObject { ["login"] = origin.Actor, ["type"] = "User" },
            ["head"] = Side(origin, origin.RefName),
            ["base"] = Side(origin, origin.DefaultBranch),
        },
    };

    private static JsonObject Side(EventOrigin origin, string branch) => new()
    {
        ["ref"] = branch,
        ["sha"] = origin.Sha,
        ["repo"] = Repository(origin),
    };

    private static JsonObject Repository(EventOrigin origin)
    {
        var (owner, name) = origin.Repository.Split('/', 2) is [var first, var second] ? (first, second) : (string.Empty, origin.Repository);
        return new JsonObject
        {
            ["name"] = name,
            ["full_name"] = origin.Repository,
            ["default_branch"] = origin.DefaultBranch,
            ["html_url"] = $"{origin.ServerUrl}/{origin.Repository}",
            ["owner"] = new JsonObject { ["login"] = owner, ["name"] = owner },
            ["fork"] = false,
        };
    }
}
