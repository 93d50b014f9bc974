using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Results;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Services.Blobs;

namespace Runner.Emulator.Runs;

/// <summary>The emulator's own API: queues runs and shows them. It is open to whoever reaches the port.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/emulator");
        api.MapPost("/jobs", QueueJobAsync);
        api.MapPost("/runs", QueueRunAsync);
        api.MapGet("/runs", (RunBoard runs) => TypedResults.Json(runs.List(), RunJson.Default.IReadOnlyListRunInfo));
        api.MapGet("/runs/{run:long}", (RunBoard runs, long run) =>
            runs.Find(run) is { } found ? TypedResults.Json(found, RunJson.Default.RunInfo) : NoSuch($"run {run}"));
        api.MapPost("/runs/{run:long}/cancel", (RunBoard runs, long run) =>
            runs.Cancel(run) ? TypedResults.Accepted((string?)null) : NoSuch($"run {run} that has not ended"));
        api.MapGet("/runs/{run:long}/jobs", (RunBoard runs, long run) =>
            runs.Find(run) is { } found ? TypedResults.Json(found.Jobs, RunJson.Default.ImmutableArrayJobInfo) : NoSuch($"run {run}"));
        api.MapGet("/runs/{run:long}/jobs/{job:guid}", (RunBoard runs, Guid job) =>
            runs.FindJob(new JobId(job)) is { } found ? TypedResults.Json(found, RunJson.Default.JobInfo) : NoSuch($"job {job}"));
        api.MapPost("/runs/{run:long}/jobs/{job:guid}/cancel", (JobBoard jobs, Guid job) =>
            jobs.Cancel(new JobId(job)) ? TypedResults.Accepted((string?)null) : NoSuch($"job {job} that has not ended"));
        api.MapGet("/runs/{run:long}/jobs/{job:guid}/log", (BlobStore blobs, Guid job) =>
            Text(blobs, LogNames.Job(new JobId(job))));
        api.MapGet("/runs/{run:long}/jobs/{job:guid}/steps/{step:guid}/log", (BlobStore blobs, Guid job, Guid step) =>
            Text(blobs, LogNames.Step(new JobId(job), new StepId(step))));
        api.MapGet("/runs/{run:long}/jobs/{job:guid}/steps/{step:guid}/summary", (BlobStore blobs, Guid job, Guid step) =>
            Text(blobs, LogNames.Summary(new JobId(job), new StepId(step))));
        api.MapGet("/events", (EventHub events, long? after, CancellationToken cancellationToken) =>
            TypedResults.ServerSentEvents(StreamAsync(events, after ?? 0, cancellationToken)));
    }

    private static async Task<IResult> QueueJobAsync(HttpContext http, RunBoard runs) =>
        await http.Request.TryReadAsync(RunJson.Default.RawJob) is { } job
            ? TypedResults.Json(runs.Queue(job).Jobs[0], RunJson.Default.JobInfo, statusCode: StatusCodes.Status201Created)
            : TypedResults.BadRequest("The body must be JSON: {\"labels\": [\"…\"], \"name\": \"…\", \"message\": {…} or \"text\"}.");

    private static async Task<IResult> QueueRunAsync(HttpContext http, RunBoard runs)
    {
        if (await http.Request.TryReadAsync(RunJson.Default.WorkflowRequest) is not { } request)
        {
            return TypedResults.BadRequest("The body must be JSON: {\"workflow\": \"text of the file\", \"path\": \"…\", \"event\": \"push\", …}.");
        }

        try
        {
            return TypedResults.Json(await runs.QueueAsync(request, http.RequestAborted), RunJson.Default.RunInfo, statusCode: StatusCodes.Status201Created);
        }
        catch (WorkflowException problem)
        {
            return TypedResults.Text(problem.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
        catch (InfrastructureException problem)
        {
            return TypedResults.Text(problem.Message, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(
        EventHub events, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in events.ReadAsync(after, cancellationToken))
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(happened, WatchJson.Default.EmulatorEvent))
            {
                EventId = happened.Number.ToString(CultureInfo.InvariantCulture),
            };
        }
    }

    private static IResult Text(BlobStore blobs, string name) => blobs.OpenRead(name) is { } content
        ? TypedResults.Stream(content, "text/plain; charset=utf-8")
        : NoSuch("log yet");

    private static IResult NoSuch(string what) => TypedResults.NotFound($"There is no {what}.");
}
