using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Traces;
using Runner.Worker.Logging;

namespace Runner.Worker.Tracing;

/// <summary>Tells a collector of the steps of a job that is over, as parts of the job's trace, where the agent says so.</summary>
internal static class StepTraces
{
    // The job is over and told; its place waits for this alone.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The environment of the steps with the trace that they are part of (W3C Trace Context), where there is one.</summary>
    public static IReadOnlyDictionary<string, string> Lay(IReadOnlyDictionary<string, string> environment, LaunchPayload payload) =>
        payload.Tracing is null
            ? environment
            : new Dictionary<string, string>(environment, StringComparer.Ordinal) { [TraceTarget.ParentVariable] = TraceIds.Parent(payload.Job.JobId) };

    /// <summary>Sends them. Never faults.</summary>
    public static async Task SendAsync(TraceClient client, LaunchPayload payload, ImmutableArray<StepRecord> steps, ILogger logger)
    {
        if (payload.Tracing is not { } target || Spans(payload, steps).ToList() is not { Count: > 0 } spans)
        {
            return;
        }

        try
        {
            await client.SendAsync(target, spans, Limit, CancellationToken.None);
        }
        catch (Exception error)
        {
            // The job is over and told: nothing that happens here may become a failure of its worker.
            logger.TracesNotTaken(error.Message);
        }
    }

    private static IEnumerable<TraceSpan> Spans(LaunchPayload payload, ImmutableArray<StepRecord> steps)
    {
        var job = payload.Job.JobId;
        foreach (var step in steps)
        {
            if (step is { StartedAt: { } start, CompletedAt: { } end })
            {
                yield return new TraceSpan
                {
                    TraceId = TraceIds.Trace(job),
                    SpanId = TraceIds.Step(job, step.Id),
                    ParentId = TraceIds.Stage(job, TraceIds.StepsStage),
                    Name = step.Name,
                    Start = start,
                    End = end,
                    IsFailed = step.Conclusion == Conclusion.Failed,
                    Attributes =
                    [
                        ("runner.step.number", step.Number.ToString(CultureInfo.InvariantCulture)),
                        ("runner.step.conclusion", step.Conclusion?.ToString().ToLowerInvariant()),
                        ("runner.step.action", step.ActionName),
                    ],
                };
            }
        }
    }
}
