using Runner.Execution.Scopes;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Workflows.Templates;

namespace Runner.Execution.Contexts;

/// <summary>
/// The <c>github</c> context, and the <c>GITHUB_…</c> variables made from it (<c>worker-semantics.md</c> sections 3 and 4).
/// </summary>
internal sealed class GitHubContext
{
    // The token is not among them: a step has it only where the workflow hands it over.
    private static readonly string[] Exported =
    [
        "action", "action_path", "action_ref", "action_repository", "actor", "actor_id", "api_url", "artifacts", "artifacts_list", "base_ref", "env",
        "event_name", "event_path", "graphql_url", "head_ref", "job", "output", "path", "ref", "ref_name", "ref_protected", "ref_type", "repository",
        "repository_id", "repository_owner", "repository_owner_id", "retention_days", "run_attempt", "run_id", "run_number", "server_url", "sha",
        "state", "step_summary", "triggering_actor", "workflow", "workflow_ref", "workflow_sha", "workspace",
    ];

    private readonly OrderedDictionary<string, Value> _members;

    private GitHubContext(OrderedDictionary<string, Value> members) => _members = members;

    /// <summary>Where <c>event.json</c> is, below <c>runner.temp</c>.</summary>
    public static string EventFile(string temp) => Path.Combine(temp, TempFolders.Workflow, "event.json");

    /// <summary>What is the same for all steps of a job.</summary>
    public static GitHubContext Create(JobScope job)
    {
        var message = job.Message;
        var members = new OrderedDictionary<string, Value>(StringComparer.OrdinalIgnoreCase);
        if (message.ContextData.GetValueOrDefault("github") is DictionaryData github)
        {
            foreach (var (name, value) in github.Entries)
            {
                members[name] = ContextValues.ToValue(value);
            }
        }

        SetIfKnown(members, "token", message.Variable(JobVariables.GitHubToken));
        SetIfKnown(members, "job", message.Variable(JobVariables.JobKey));
        members["workspace"] = new StringValue(job.Paths.Workspace);
        members["event_path"] = new StringValue(EventFile(job.Paths.Temp));
        AddServers(members, job.Host.Environment);
        return new GitHubContext(members);
    }

    /// <summary>The context of one step.</summary>
    public ObjectValue With(IEnumerable<KeyValuePair<string, string>> members) => new(
        _members.Concat(members.Select(member => KeyValuePair.Create<string, Value>(member.Key, new StringValue(member.Value)))));

    /// <summary>The variables of a step: texts and booleans only, and no empty ones for what the context does not have.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(ObjectValue context)
    {
        foreach (var name in Exported)
        {
            if (context.TryGet(name, out var value) && value is StringValue or BooleanValue)
            {
                yield return KeyValuePair.Create("GITHUB_" + name.ToUpperInvariant(), value.ToText());
            }
        }
    }

    private static void SetIfKnown(OrderedDictionary<string, Value> members, string name, string? value)
    {
        if (value is not null)
        {
            members[name] = new StringValue(value);
        }
    }

    // GitHub Enterprise Server of old leaves them out; ours are then the worker's own, or github.com.
    private static void AddServers(OrderedDictionary<string, Value> members, IReadOnlyDictionary<string, string> environment)
    {
        Span<(string Name, string Variable, string Default)> servers =
        [
            ("server_url", "GITHUB_SERVER_URL", "https://github.com"),
            ("api_url", "GITHUB_API_URL", "https://api.github.com"),
            ("graphql_url", "GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"),
        ];
        foreach (var (name, variable, standard) in servers)
        {
            members.TryAdd(name, new StringValue(environment.GetValueOrDefault(variable) is { Length: > 0 } value ? value : standard));
        }
    }
}
