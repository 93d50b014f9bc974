namespace Runner.Testing;

/// <summary>The kinds of values that GitHub's page "Contexts" and its own job messages give to the members of contexts.</summary>
public static class ContextTypes
{
    /// <summary>A text.</summary>
    public const string Text = "text";

    /// <summary>True or false.</summary>
    public const string Boolean = "boolean";

    /// <summary>A number.</summary>
    public const string Number = "number";

    /// <summary>A mapping.</summary>
    public const string Object = "object";

    private static readonly Dictionary<string, string> GitHub = new()
    {
        ["event"] = Object,
        ["ref_protected"] = Boolean,
    };

    private static readonly string[] GitHubTexts =
    [
        "action", "action_path", "action_ref", "action_repository", "action_status", "actor", "actor_id", "api_url", "artifact_cache_size_limit", "base_ref",
        "env", "event_name", "event_path", "graphql_url", "head_ref", "job", "output", "path", "ref", "ref_name", "ref_type", "repository", "repository_id",
        "repository_owner", "repository_owner_id", "repository_visibility", "repositoryUrl", "retention_days", "run_attempt", "run_id", "run_number",
        "secret_source", "server_url", "sha", "state", "step_summary", "token", "triggering_actor", "workflow", "workflow_ref", "workflow_sha", "workspace",
    ];

    /// <summary>The kind of a member of <c>github</c>; <c>null</c>: GitHub has none of that name.</summary>
    public static string? OfGitHub(string name) => GitHub.GetValueOrDefault(name) ?? (GitHubTexts.Contains(name) ? Text : null);
}
