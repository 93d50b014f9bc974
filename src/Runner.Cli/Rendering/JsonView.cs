using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.Running;

namespace Runner.Cli.Rendering;

/// <summary><c>--json</c>: one object a line, each with <c>time</c> and <c>event</c> (<c>docs/running-locally.md</c> describes them).</summary>
internal sealed class JsonView(TextWriter output) : IRunView
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Show(RunEvent happened)
    {
        var line = new JsonObject { ["time"] = happened.Time.UtcDateTime, ["event"] = NameOf(happened) };
        if (happened is JobEvent { Job: var job })
        {
            line["workflow"] = job.Workflow;
            line["jobId"] = job.Id;
            line["job"] = job.Name;
        }

        Add(line, happened);
        output.WriteLine(line.ToJsonString(Relaxed));
        output.Flush();
    }

    public void Finish() => output.Flush();

    public void Dispose()
    {
        // The output is not ours.
    }

    private static string NameOf(RunEvent happened) => happened switch
    {
        RunStartedEvent => "runStarted",
        RunNoticeEvent => "notice",
        RunEndedEvent => "runEnded",
        LocalJobQueuedEvent => "jobQueued",
        LocalJobWaitingEvent => "jobWaiting",
        LocalJobStartedEvent => "jobStarted",
        LocalJobEndedEvent => "jobEnded",
        LocalStepStartedEvent => "stepStarted",
        LocalStepEndedEvent => "stepEnded",
        LocalLineEvent => "line",
        LocalAnnotationEvent => "annotation",
        LocalSummaryEvent => "summary",
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "not an event that is known here"),
    };

    private static void Add(JsonObject line, RunEvent happened)
    {
        switch (happened)
        {
            case RunStartedEvent run:
                line["workflow"] = run.Workflow;
                line["name"] = run.Name;
                break;
            case RunNoticeEvent notice:
                line["message"] = notice.Message;
                break;
            case RunEndedEvent run:
                line["workflow"] = run.Workflow;
                line["conclusion"] = Marks.Word(run.Conclusion);
                line["seconds"] = Seconds(run.Duration);
                break;
            case LocalJobQueuedEvent queued:
                line["backend"] = queued.Backend;
                break;
            case LocalJobWaitingEvent waiting:
                line["phase"] = waiting.Phase;
                break;
            case LocalJobStartedEvent started:
                line["place"] = started.Place;
                break;
            case LocalJobEndedEvent ended:
                line["conclusion"] = Marks.Word(ended.Conclusion);
                line["seconds"] = Seconds(ended.Duration);
                line["reason"] = ended.Reason;
                line["outputs"] = new JsonObject(ended.Outputs.Select(output => KeyValuePair.Create(output.Key, (JsonNode?)output.Value)));
                break;
            case LocalStepStartedEvent step:
                AddStep(line, step.Step);
                break;
            case LocalStepEndedEvent step:
                AddStep(line, step.Step);
                line["conclusion"] = Marks.Word(step.Conclusion);
                line["seconds"] = Seconds(step.Duration);
                break;
            case LocalLineEvent text:
                AddStep(line, text.Step);
                line["text"] = text.Text;
                break;
            case LocalAnnotationEvent made:
                AddStep(line, made.Step);
                line["level"] = made.Annotation.Level.ToString().ToLowerInvariant();
                line["message"] = made.Annotation.Message;
                line["file"] = made.Annotation.Path;
                line["line"] = made.Annotation.StartLine;
                break;
            case LocalSummaryEvent summary:
                AddStep(line, summary.Step);
                line["markdown"] = summary.Markdown;
                break;
        }
    }

    private static void AddStep(JsonObject line, RunStep? step)
    {
        line["stepNumber"] = step?.Number;
        line["step"] = step?.Name;
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
