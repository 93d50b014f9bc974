using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Results;

namespace Runner.Emulator.Results;

/// <summary>Takes the states of steps (<c>results-service.md</c> section 2).</summary>
internal static class StepUpdateEndpoint
{
    public static void MapStepUpdates(this IEndpointRouteBuilder routes) => routes.MapPost("/" + ResultsRoutes.StepsUpdate, UpdateAsync);

    private static async Task<IResult> UpdateAsync(HttpContext http, ResultsCaller caller, JobBoard board, EventHub events)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.StepsUpdateRequest);
        if (caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job || request is null)
        {
            return refusal;
        }

        List<StepInfo> changed = [];
        foreach (var step in request.Steps)
        {
            if (!Guid.TryParse(step.ExternalId, out var id))
            {
                return TwirpError.Malformed($"external_id must be a GUID, not '{step.ExternalId}'");
            }

            board.Update(job.Id, state => Apply(state, new StepId(id), step, request.ChangeOrder, changed));
        }

        foreach (var step in changed)
        {
            events.Publish(new EmulatorEvent
            {
                Type = EmulatorEventType.StepChanged, RunId = job.RunId, JobId = job.Id, Name = job.Name, Step = step,
            });
        }

        return TypedResults.Json(new ResultsResponse { Ok = true }, ResultsJson.Default.ResultsResponse);
    }

    /// <summary>A request that comes late or twice says nothing new: the state with the highest order stands.</summary>
    private static JobState Apply(JobState job, StepId id, StepUpdate update, long order, List<StepInfo> changed)
    {
        var known = job.Steps.FirstOrDefault(step => step.Id == id);
        if (known?.ChangeOrder >= order)
        {
            return job;
        }

        var step = (known ?? new StepInfo { Id = id }) with
        {
            Number = update.Number,
            Name = update.Name ?? string.Empty,
            Status = update.Status switch
            {
                ResultsStatus.InProgress => StepStatus.InProgress,
                ResultsStatus.Completed => StepStatus.Completed,
                _ => StepStatus.Pending,
            },
            Conclusion = update.Conclusion switch
            {
                ResultsConclusion.Success => Conclusion.Succeeded,
                ResultsConclusion.Failure => Conclusion.Failed,
                ResultsConclusion.Cancelled => Conclusion.Canceled,
                ResultsConclusion.Skipped => Conclusion.Skipped,
                _ => null,
            },
            StartedAt = update.StartedAt,
            CompletedAt = update.CompletedAt,
            ChangeOrder = order,
        };
        if (known?.Status != step.Status)
        {
            changed.Add(step);
        }

        return job.WithStep(step);
    }
}
