using System.Text.Json.Nodes;
using Runner.Jobs.Data;
using Runner.Workflows.Events;

namespace Runner.Cli.Events;

/// <summary>
/// The <c>github</c> context of a local run. What the event's payload says of the ref and the commit wins over what is checked out, by the
/// rules of GitHub's page "Events that trigger workflows". Pure.
/// </summary>
internal static class GitHubValues
{
    /// <summary>The context; the planner adds the event itself and what follows from the others.</summary>
    public static DictionaryData Of(string eventName, JsonObject payload, EventOrigin origin)
    {
        var pull = eventName.StartsWith("pull_request", StringComparison.Ordinal) ? payload["pull_request"] as JsonObject : null;
        var (gitRef, sha) = RefAndCommit(eventName, payload, origin);
        var api = origin.ServerUrl == "https://github.com" ? "https://api.github.com" : $"{origin.ServerUrl}/api/v3";
        return DictionaryData.FromStrings(
        [
            new("repository", origin.Repository),
            new("sha", sha),
            new("ref", gitRef),
            new("base_ref", Text(pull, "base", "ref") ?? string.Empty),
            new("head_ref", Text(pull, "head", "ref") ?? string.Empty),
            new("actor", origin.Actor),
            new("triggering_actor", origin.Actor),
            new("actor_id", Id(payload["sender"])),
            new("repository_id", Id(payload["repository"])),
            new("repository_owner_id", Id((payload["repository"] as JsonObject)?["owner"])),
            new("repositoryUrl", $"git://{new Uri(origin.ServerUrl).Host}/{origin.Repository}.git"),
            new("ref_protected", "false"),
            new("secret_source", "Actions"),
            new("run_id", "1"),
            new("run_number", "1"),
            new("run_attempt", "1"),
            new("retention_days", "90"),
            new("server_url", origin.ServerUrl),
            new("api_url", api),
            new("graphql_url", origin.ServerUrl == "https://github.com" ? "https://api.github.com/graphql" : $"{origin.ServerUrl}/api/graphql"),
        ]);
    }

    // Numbers of GitHub's own; what asks for one here gets some.
    private static string Id(JsonNode? node) => (node as JsonObject)?["id"]?.ToString() ?? "1";

    private static (string Ref, string Sha) RefAndCommit(string eventName, JsonObject payload, EventOrigin origin) => eventName switch
    {
        "pull_request" or "pull_request_review" or "pull_request_review_comment" =>
            ($"refs/pull/{payload["number"] ?? payload["pull_request"]?["number"] ?? 1}/merge", origin.Sha),
        "pull_request_target" => ($"refs/heads/{Text(payload, "pull_request", "base", "ref") ?? origin.DefaultBranch}", Text(payload, "pull_request", "base", "sha") ?? origin.Sha),
        "push" => (Text(payload, "ref") ?? origin.Ref, Text(payload, "after") ?? origin.Sha),
        "deployment" or "deployment_status" => (Text(payload, "deployment", "ref") ?? origin.Ref, Text(payload, "deployment", "sha") ?? origin.Sha),
        "release" => (Text(payload, "release", "tag_name") is { } tag ? $"refs/tags/{tag}" : origin.Ref, origin.Sha),
        "workflow_dispatch" => (Text(payload, "ref") ?? origin.Ref, origin.Sha),
        _ => (origin.Ref, origin.Sha),
    };

    private static string? Text(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }
}
