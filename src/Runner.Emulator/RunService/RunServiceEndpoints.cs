using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;
using Runner.Jobs.Outcomes;
using Runner.Protocol.RunService;

namespace Runner.Emulator.RunService;

/// <summary>Acquires, renews and completes jobs (<c>run-service.md</c>).</summary>
internal static class RunServiceEndpoints
{
    public static void MapRunService(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/run-service/{plan:guid}");
        group.MapPost("/acquirejob", AcquireAsync);
        group.MapPost("/renewjob", RenewAsync);
        group.MapPost("/completejob", CompleteAsync);
    }

    private static async Task<IResult> AcquireAsync(HttpContext http, TokenIssuer tokens, RunnerRegistry runners, JobBoard board)
    {
        if (tokens.RunnerOf(http.Request) is not { } id || (runners.Find(id) ?? runners.FindSpent(id)?.Runner) is not { } runner)
        {
            return Refused(401, "acquirejob takes the access token of a registered runner.");
        }

        var request = await http.Request.TryReadAsync(RunServiceJson.Default.AcquireJobRequest);
        if (string.IsNullOrEmpty(request?.JobMessageId))
        {
            return Refused(400, "The body must be JSON with jobMessageId.");
        }

        var acquisition = board.Acquire(runner, request.JobMessageId);
        return acquisition.Job is { } job
            ? TypedResults.Bytes(job.Message, "application/json; charset=utf-8")
            : Refused(acquisition.Status, acquisition.Message);
    }

    private static async Task<IResult> RenewAsync(HttpContext http, TokenIssuer tokens, JobBoard board)
    {
        var request = await http.Request.TryReadAsync(RunServiceJson.Default.RenewJobRequest);
        if (request is null)
        {
            return Refused(400, "The body must be JSON with planId and jobId.");
        }

        if (!tokens.IsJob(http.Request, request.PlanId, request.JobId))
        {
            return Refused(401, "renewjob takes the token of the job itself.");
        }

        return board.Renew(request.PlanId, request.JobId) is { DueAt: { } until }
            ? TypedResults.Json(new RenewJobResponse { LockedUntil = until }, RunServiceJson.Default.RenewJobResponse)
            : Refused(404, "The job does not run: it has ended or its lock has expired.");
    }

    private static async Task<IResult> CompleteAsync(HttpContext http, TokenIssuer tokens, JobBoard board, TimeProvider time)
    {
        var request = await http.Request.TryReadAsync(RunServiceJson.Default.CompleteJobRequest, CheckConclusion);
        if (request is null)
        {
            return Refused(400, "The body must be JSON with planId, jobId and a conclusion that is known: how the job ended is not guessed.");
        }

        if (!tokens.IsJob(http.Request, request.PlanId, request.JobId))
        {
            return Refused(401, "completejob takes the token of the job itself.");
        }

        return board.Complete(request.PlanId, request.JobId, job => JobResultReader.Apply(job, request, time.GetUtcNow())) is not null
            ? TypedResults.NoContent()
            : Refused(404, "The job does not run: it has ended or its lock has expired.");
    }

    // Read as the enum's zero, what is missing or unknown would count as succeeded.
    private static void CheckConclusion(JsonElement body)
    {
        var conclusion = body.ValueKind != JsonValueKind.Object ? default
            : body.EnumerateObject().LastOrDefault(member => member.Name.Equals("conclusion", StringComparison.OrdinalIgnoreCase)).Value;
        var isKnown = conclusion.ValueKind switch
        {
            JsonValueKind.String => Enum.TryParse<Conclusion>(conclusion.GetString(), ignoreCase: true, out var named) && Enum.IsDefined(named),
            JsonValueKind.Number => conclusion.TryGetInt32(out var number) && Enum.IsDefined((Conclusion)number),
            _ => false,
        };
        if (!isKnown)
        {
            throw new JsonException("conclusion is missing or unknown");
        }
    }

    private static IResult Refused(int status, string message) => TypedResults.Json(
        new RunServiceErrorBody { Source = RunServiceErrorBody.RunServiceSource, StatusCode = status, ErrorMessage = message },
        RunServiceJson.Default.RunServiceErrorBody,
        statusCode: status);
}
