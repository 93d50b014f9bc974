using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Jobs;
using Runner.Jobs.Data;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;

namespace Runner.Cli.Listing;

/// <summary><c>runner plan --json</c>: one object a line for each run, with the jobs in the order in which they would start.</summary>
/// <remarks><c>docs/running-locally.md</c> lists the members. Members without a value are left out.</remarks>
internal static class PlanJson
{
    public static void Write(CliSurroundings surroundings, ImmutableArray<RunPlan> plans)
    {
        foreach (var plan in plans)
        {
            surroundings.Out.WriteLine(Of(plan).ToJsonString(JsonLines.Options));
        }
    }

    private static JsonObject Of(RunPlan plan) => Object(
        ("workflow", plan.Workflow.Path),
        ("name", plan.Name),
        ("event", plan.Request.EventName),
        ("concurrency", plan.Concurrency?.Group),
        ("jobs", new JsonArray([.. RunPreview.Of(plan).Select(preview => (JsonNode?)(preview.Job is { } job ? Job(job) : Ended(preview.Ended)))])));

    private static JsonObject Job(PlannedJob job) => Object(
        ("id", job.Id.ToString()),
        ("name", job.DisplayName),
        ("needs", job.Job.Needs.IsEmpty ? null : Texts(job.Job.Needs)),
        ("runsOn", Texts(job.Labels)),
        ("group", job.RunnerGroup),
        ("matrix", job.Matrix is NullData ? null : Plain(job.Matrix)),
        ("environment", job.EnvironmentName),
        ("concurrency", job.Concurrency?.Group),
        ("timeoutMinutes", job.Timeout.TotalMinutes),
        ("continueOnError", job.ContinueOnError ? true : null),
        ("unknown", job.Unknown.IsEmpty ? null : Texts(job.Unknown)),
        ("steps", new JsonArray([.. job.Job.Steps.Select(step => (JsonNode?)Step(step))])));

    // What else a step has is evaluated only when it runs.
    private static JsonObject Step(WorkflowStep step) => Object(
        ("id", step.Id.StartsWith("__", StringComparison.Ordinal) ? null : step.Id),
        ("name", DryRun.NameOf(step)),
        ("uses", (step as UsesStep)?.Uses),
        ("run", (step as RunStep)?.Script.ToString()),
        ("if", (step as ActionStep)?.Condition));

    private static JsonObject Ended(ConcludedJob? job) => Object(
        ("id", job?.Id.ToString()),
        ("name", job?.DisplayName),
        ("conclusion", job is not { Unknown.IsEmpty: true } ? null : Marks.Word(job.Conclusion)),
        ("unknown", job is not { Unknown.IsEmpty: false } ? null : Texts(job.Unknown)),
        ("reason", job?.Reason));

    private static JsonObject Object(params ReadOnlySpan<(string Key, JsonNode? Value)> members)
    {
        var json = new JsonObject();
        foreach (var (key, value) in members)
        {
            if (value is not null)
            {
                json[key] = value;
            }
        }

        return json;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private static JsonNode? Plain(ContextData data)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            ContextDataConverter.WritePlainJson(writer, data);
        }

        return JsonNode.Parse(Encoding.UTF8.GetString(buffer.ToArray()), documentOptions: JsonDepth.OfDocument);
    }
}
