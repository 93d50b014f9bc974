using System.Text.Json.Nodes;
using Runner.Workflows.Model.Calls;

namespace Runner.Workflows.Model.Template;

/// <summary>A workflow, or what is wrong with it, in the JSON that GitHub's own workflow parser gives: anybody can compare.</summary>
public static class WorkflowTemplate
{
    private const int MaxErrors = 10;
    private const int MaxErrorLength = 500;

    /// <summary>The converted workflow, or <c>{"errors":[{"Message":…}]}</c> with GitHub's limits of ten errors and 500 characters.</summary>
    /// <param name="reading">What became of the file; for GitHub's errors read with <see cref="WorkflowReadOptions.StopsAsGitHub"/>.</param>
    /// <param name="form">How to print it.</param>
    public static JsonObject ToJson(WorkflowReading reading, TemplateForm form)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(form);
        return reading.Workflow is { } workflow ? Convert(workflow, form) : new JsonObject
        {
            ["errors"] = new JsonArray([.. reading.Diagnostics.Take(MaxErrors).Select(problem => (JsonNode)new JsonObject
            {
                ["Message"] = Cut(problem.GitHubText),
            })]),
        };
    }

    private static JsonObject Convert(Workflow workflow, TemplateForm form)
    {
        var tokens = new TokenJson(form.IncludeSource);
        var json = new JsonObject();
        if (form.IncludeEvents)
        {
            json["events"] = EventJson.Of(workflow.On);
        }
        else
        {
            Add(json, "input-types", EventJson.InputTypes(workflow.On));
        }

        var access = TokenAccess.Of(workflow.Permissions);
        Add(json, "env", tokens.Of(workflow.Env));
        Add(json, "permissions", JobJson.Permissions(access));
        Add(json, "defaults", tokens.Of(workflow.Defaults?.Written));
        Add(json, "concurrency", tokens.Of(workflow.Concurrency?.Written));
        json["jobs"] = new JobJson(tokens).Jobs(workflow, access);
        if (form.IncludeSource)
        {
            IEnumerable<string> files = form.IsPartialRerun ? workflow.FileTable.Order(StringComparer.Ordinal) : workflow.FileTable;
            json["file-table"] = new JsonArray([.. files.Select(file => (JsonNode)file)]);
        }

        return json;
    }

    internal static void Add(JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }

    private static string Cut(string message) => message.Length > MaxErrorLength ? string.Concat(message.AsSpan(0, MaxErrorLength), "[...]") : message;
}

/// <summary>How a converted workflow is printed.</summary>
public sealed record TemplateForm
{
    /// <summary>Whether file, line and column of each token are printed, and the table of files. Default false.</summary>
    public bool IncludeSource { get; init; }

    /// <summary>Whether the table of files is sorted, as GitHub's is when some jobs of a run are run again. Default false.</summary>
    public bool IsPartialRerun { get; init; }

    /// <summary>Whether <c>on</c> is printed, as GitHub's TypeScript parser does; its C# parser prints input types instead. Default false.</summary>
    public bool IncludeEvents { get; init; }
}
