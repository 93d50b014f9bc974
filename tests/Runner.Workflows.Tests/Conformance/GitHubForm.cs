using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Jobs;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Conformance;

/// <summary>A workflow as GitHub's conformance suite writes it: JSON of its own, without places.</summary>
internal static class GitHubForm
{
    // What read-all and write-all meant when the suite was written.
    private static readonly string[] All =
    [
        "actions", "checks", "contents", "deployments", "discussions", "id-token", "issues", "packages", "pages", "pull-requests",
        "repository-projects", "security-events", "statuses",
    ];

    public static JsonObject Of(Workflow workflow) => Object(
        ("env", Token(workflow.Env)),
        ("defaults", Token(workflow.Defaults)),
        ("permissions", Permissions(workflow.Permissions)),
        ("concurrency", Token(workflow.Concurrency)),
        ("jobs", new JsonArray([.. workflow.Jobs.Select(job => Job(job, workflow))])));

    /// <summary>The same JSON without what is not compared here: places, events, the file table.</summary>
    public static JsonNode? Simplify(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } token when token.ContainsKey("type") && Literal(token) is { } literal => literal.DeepClone(),
        JsonObject json => new JsonObject(json
            .Where(entry => entry.Key is not ("file" or "line" or "col" or "events" or "file-table" or "input-types"))
            .Select(entry => KeyValuePair.Create(entry.Key, Simplify(entry.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Simplify)]),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Literal(JsonObject token) => token["type"] is JsonValue type && type.TryGetValue<int>(out var kind)
        ? kind switch { 0 => token["lit"], 5 => token["bool"], 6 => token["num"], _ => null }
        : null;

    private static JsonObject Job(WorkflowJob job, Workflow workflow) => Object(
        ("type", "job"),
        ("id", job.Id),
        ("name", Token(job.Name) ?? job.Id),
        ("needs", job.Needs.IsEmpty ? null : Texts(job.Needs)),
        ("if", Condition(job.Condition)),
        ("strategy", Token(job.Strategy)),
        ("continue-on-error", Token(job.ContinueOnError)),
        ("timeout-minutes", Token(job.TimeoutMinutes)),
        ("cancel-timeout-minutes", Token(job.CancelTimeoutMinutes)),
        ("concurrency", Token(job.Concurrency)),
        ("permissions", Permissions(job.Permissions ?? workflow.Permissions)),
        ("env", Token(job.Env)),
        ("environment", Token(job.Environment)),
        ("defaults", Token(job.Defaults)),
        ("runs-on", Token(job.RunsOn)),
        ("container", Token(job.Container)),
        ("services", Token(job.Services)),
        ("outputs", Token(job.Outputs)),
        ("snapshot", Token(job.Snapshot)),
        ("steps", job.Steps.IsEmpty ? null : new JsonArray([.. job.Steps.Select(Step)])));

    private static JsonObject Step(WorkflowStep step)
    {
        var json = Object(("id", step.Id), ("name", Token(step.Name)), ("continue-on-error", Token(step.ContinueOnError)));
        if (step is ActionStep action)
        {
            Add(
                json,
                ("if", Condition(action.Condition)),
                ("timeout-minutes", Token(action.TimeoutMinutes)),
                ("env", Token(action.Env)),
                ("background", action.IsBackground ? true : null));
        }

        switch (step)
        {
            case RunStep run:
                Add(json, ("run", Token(run.Script)), ("shell", Token(run.Shell)), ("working-directory", Token(run.WorkingDirectory)));
                break;
            case UsesStep uses:
                Add(json, ("uses", uses.Uses), ("with", Token(uses.With)));
                break;
            case ControlStep control:
                JsonNode value = control.Control == "wait" ? Texts(control.Targets) : control.Targets.IsEmpty ? true : control.Targets[0];
                Add(json, (control.Control, value));
                break;
        }

        return json;
    }

    private static JsonObject? Permissions(TemplateToken? token)
    {
        if (token is StringToken all)
        {
            return Object([.. All.Select(name => (name, (JsonNode?)all.Value.Replace("-all", string.Empty, StringComparison.Ordinal)))]);
        }

        if (token is not MappingToken mapping)
        {
            return null;
        }

        return Object([.. mapping.Entries
            .Where(entry => entry.Value.ToString() != "none")
            .Select(entry => (entry.Key.ToString() ?? string.Empty, (JsonNode?)entry.Value.ToString()))]);
    }

    private static JsonObject Condition(string condition) => Object(("type", 3), ("expr", condition));

    private static JsonNode? Token(TemplateToken? token) =>
        token is null ? null : Simplify(JsonSerializer.SerializeToNode(token, JobsJson.Default.GetTypeInfo(typeof(TemplateToken)) ?? throw new InvalidOperationException()));

    private static JsonArray Texts(ImmutableArray<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private static JsonObject Object(params (string Name, JsonNode? Value)[] members)
    {
        var json = new JsonObject();
        Add(json, members);
        return json;
    }

    private static void Add(JsonObject json, params (string Name, JsonNode? Value)[] members)
    {
        foreach (var (name, value) in members.Where(member => member.Value is not null))
        {
            json[name] = value;
        }
    }
}
