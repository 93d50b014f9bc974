using System.Collections.Immutable;
using System.Globalization;
using Runner.Agent.Board;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Traces;

namespace Runner.Agent.Tracing;

/// <summary>A job that is over as parts of its trace: the whole, and its stages. Its worker tells of the steps. Pure.</summary>
/// <remarks>Names of attributes: OpenTelemetry's conventions for CI/CD and version control; what they do not have begins with <c>runner.</c></remarks>
internal static class JobSpans
{
    /// <summary>The parts; none where nothing is known of its times.</summary>
    public static ImmutableArray<TraceSpan> Of(JobView view)
    {
        var stages = JobStages.Of(view.Times);
        if (stages.IsEmpty || !Guid.TryParse(view.Id, out var id))
        {
            return [];
        }

        var job = new JobId(id);
        var (trace, whole) = (TraceIds.Trace(job), TraceIds.Job(job));
        var end = view.Times.Ended ?? stages[^1].Start;
        return
        [
            new TraceSpan
            {
                TraceId = trace,
                SpanId = whole,
                Name = view.Name,
                Start = stages[0].Start,
                End = end,
                IsFailed = view.Conclusion == Conclusion.Failed,
                Message = view.Message,
                Attributes =
                [
                    ("cicd.pipeline.name", view.Workflow),
                    ("cicd.pipeline.run.url.full", view.RunUrl?.AbsoluteUri),
                    ("cicd.pipeline.task.name", view.Name),
                    ("cicd.pipeline.task.run.id", view.Id),
                    ("cicd.pipeline.task.run.url.full", view.JobUrl?.AbsoluteUri),
                    ("cicd.pipeline.task.run.result", Result(view.Conclusion)),
                    ("cicd.worker.name", view.Runner),
                    ("vcs.repository.name", view.Repository),
                    ("vcs.ref.head.name", view.Ref),
                    ("runner.pool", view.Pool),
                    ("runner.place", view.Place),
                    ("runner.labels", view.Labels.IsEmpty ? null : string.Join(',', view.Labels)),
                    ("runner.attempt", view.Attempt.ToString(CultureInfo.InvariantCulture)),
                    ("runner.actor", view.Actor),
                    ("runner.event", view.Event),
                    ("error.type", view.Conclusion == Conclusion.Failed ? view.Reason : null),
                ],
            },
            .. stages.Select(stage => (Name: stage.Stage.ToString().ToLowerInvariant(), stage.Start, stage.End)).Select(stage => new TraceSpan
            {
                TraceId = trace,
                SpanId = TraceIds.Stage(job, stage.Name),
                ParentId = whole,
                Name = stage.Name,
                Start = stage.Start,
                End = stage.End ?? end,
            }),
        ];
    }

    private static string? Result(Conclusion? conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => "success",
        Conclusion.Failed => "failure",
        Conclusion.Canceled => "cancellation",
        Conclusion.Skipped => "skip",
        Conclusion.Abandoned => "error",
        _ => null,
    };
}
