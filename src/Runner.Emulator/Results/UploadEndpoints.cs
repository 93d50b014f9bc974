using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Jobs;
using Runner.Protocol.Results;
using Runner.Services.Blobs;

namespace Runner.Emulator.Results;

/// <summary>Gives addresses to put logs and summaries to, and takes the word that they are complete (<c>results-service.md</c> sections 3 and 4).</summary>
internal static class UploadEndpoints
{
    /// <summary>Most bytes of a step's summary: the runner's own limit.</summary>
    private const long MaxSummaryBytes = 1024 * 1024;

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/" + ResultsRoutes.StepLogsUrl, StepLogsUrlAsync);
        routes.MapPost("/" + ResultsRoutes.JobLogsUrl, JobLogsUrlAsync);
        routes.MapPost("/" + ResultsRoutes.JobDiagnosticLogsUrl, DiagnosticLogsUrlAsync);
        routes.MapPost("/" + ResultsRoutes.StepSummaryUrl, SummaryUrlAsync);
        routes.MapPost("/" + ResultsRoutes.StepLogsMetadata, StepLogsCompleteAsync);
        routes.MapPost("/" + ResultsRoutes.JobLogsMetadata, JobLogsCompleteAsync);
        routes.MapPost("/" + ResultsRoutes.StepSummaryMetadata, SummaryCompleteAsync);
    }

    private static async Task<IResult> StepLogsUrlAsync(HttpContext http, ResultsCaller caller, UploadUrls urls)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.StepLogsUrlRequest);
        return caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job ? refusal
            : Step(request?.StepBackendId) is not { } step ? NoStep()
            : TypedResults.Json(
                new LogsUrlResponse { LogsUrl = urls.For(job.Id, LogNames.Step(job.Id, step)), BlobStorageType = BlobStorageTypes.Azure },
                ResultsJson.Default.LogsUrlResponse);
    }

    private static async Task<IResult> JobLogsUrlAsync(HttpContext http, ResultsCaller caller, UploadUrls urls)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.JobLogsUrlRequest);
        return caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job ? refusal
            : TypedResults.Json(
                new LogsUrlResponse { LogsUrl = urls.For(job.Id, LogNames.Job(job.Id)), BlobStorageType = BlobStorageTypes.Azure },
                ResultsJson.Default.LogsUrlResponse);
    }

    private static async Task<IResult> DiagnosticLogsUrlAsync(HttpContext http, ResultsCaller caller, UploadUrls urls)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.JobLogsUrlRequest);
        return caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job ? refusal
            : TypedResults.Json(
                new DiagnosticLogsUrlResponse
                {
                    DiagLogsUrl = urls.For(job.Id, LogNames.Diagnostics(job.Id)), BlobStorageType = BlobStorageTypes.Azure,
                },
                ResultsJson.Default.DiagnosticLogsUrlResponse);
    }

    private static async Task<IResult> SummaryUrlAsync(HttpContext http, ResultsCaller caller, UploadUrls urls)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.StepLogsUrlRequest);
        return caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job ? refusal
            : Step(request?.StepBackendId) is not { } step ? NoStep()
            : TypedResults.Json(
                new StepSummaryUrlResponse
                {
                    SummaryUrl = urls.For(job.Id, LogNames.Summary(job.Id, step)),
                    SoftSizeLimit = MaxSummaryBytes,
                    BlobStorageType = BlobStorageTypes.Azure,
                },
                ResultsJson.Default.StepSummaryUrlResponse);
    }

    private static async Task<IResult> StepLogsCompleteAsync(
        HttpContext http, ResultsCaller caller, JobBoard board, BlobStore blobs, EventHub events)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.StepLogsMetadataRequest);
        if (caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job || request is null)
        {
            return refusal;
        }

        if (Step(request.StepBackendId) is not { } step)
        {
            return NoStep();
        }

        var isMissing = IsMissing(blobs, LogNames.Step(job.Id, step), request.LineCount);
        var updated = board.Update(job.Id, state => state.WithStep(
            (state.Steps.FirstOrDefault(known => known.Id == step) ?? new StepInfo { Id = step }) with { LogLines = request.LineCount, IsLogMissing = isMissing }));
        if (isMissing)
        {
            Complain(events, job, updated?.Steps.FirstOrDefault(known => known.Id == step), request.LineCount);
        }

        return Done(!isMissing);
    }

    private static async Task<IResult> JobLogsCompleteAsync(
        HttpContext http, ResultsCaller caller, JobBoard board, BlobStore blobs, EventHub events)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.JobLogsMetadataRequest);
        if (caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job || request is null)
        {
            return refusal;
        }

        var isMissing = IsMissing(blobs, LogNames.Job(job.Id), request.LineCount);
        board.Update(job.Id, state => state with { LogLines = request.LineCount, IsLogMissing = isMissing });
        if (isMissing)
        {
            Complain(events, job, step: null, request.LineCount);
        }

        events.Publish(new EmulatorEvent { Type = EmulatorEventType.LogCompleted, RunId = job.RunId, JobId = job.Id, Name = job.Name });
        return Done(!isMissing);
    }

    private static async Task<IResult> SummaryCompleteAsync(HttpContext http, ResultsCaller caller, BlobStore blobs)
    {
        var request = await http.Request.TryReadAsync(ResultsJson.Default.StepSummaryMetadataRequest);
        return caller.Job(http, request?.WorkflowRunBackendId, request?.WorkflowJobRunBackendId, out var refusal) is not { } job ? refusal
            : Step(request?.StepBackendId) is not { } step ? NoStep()
            : Done(blobs.Find(LogNames.Summary(job.Id, step))?.Length == request?.Size);
    }

    // A log without lines may have no content; one with lines is lost without it, and the run would stay green.
    private static bool IsMissing(BlobStore blobs, string name, long lines) => blobs.Find(name) is not { } blob || (lines > 0 && blob.Length == 0);

    private static void Complain(EventHub events, JobState job, StepInfo? step, long lines) => events.Publish(new EmulatorEvent
    {
        Type = EmulatorEventType.LogMissing,
        RunId = job.RunId,
        JobId = job.Id,
        Name = job.Name,
        Step = step,
        Reason = $"the log{(step is null ? string.Empty : $" of step '{step.Name}'")} is lost: {lines} lines were announced, and their content has not come",
    });

    private static StepId? Step(string? text) => Guid.TryParse(text, out var id) ? new StepId(id) : null;

    private static IResult NoStep() => TwirpError.Malformed("step_backend_id must be a GUID");

    private static IResult Done(bool isThere) =>
        TypedResults.Json(new ResultsResponse { Ok = isThere }, ResultsJson.Default.ResultsResponse);
}
