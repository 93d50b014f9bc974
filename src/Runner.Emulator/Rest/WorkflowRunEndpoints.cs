using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Results;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;
using Runner.Services.Blobs;

namespace Runner.Emulator.Rest;

/// <summary>
/// Runs and their jobs, cancelled and run again, as in GitHub's REST API (docs.github.com/rest/actions/workflow-runs and workflow-jobs), with its refusals as they
/// were seen live.
/// </summary>
internal static class WorkflowRunEndpoints
{
    public static void MapWorkflowRuns(this IEndpointRouteBuilder api)
    {
        var actions = api.MapGroup("/repos/{owner}/{repo}/actions");
        actions.MapGet("/runs", ListRuns);
        actions.MapGet("/runs/{run:long}", GetRun);
        actions.MapGet("/runs/{run:long}/jobs", ListJobs);
        actions.MapPost("/runs/{run:long}/cancel", Cancel);
        actions.MapPost("/runs/{run:long}/force-cancel", ForceCancel);
        actions.MapPost("/runs/{run:long}/rerun", RerunAll);
        actions.MapPost("/runs/{run:long}/rerun-failed-jobs", RerunFailed);
        actions.MapGet("/jobs/{job:long}", GetJob);
        actions.MapGet("/jobs/{job:long}/logs", GetLog);
        actions.MapPost("/jobs/{job:long}/rerun", RerunOne);
    }

    private static IResult ListRuns(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, string? status) =>
        caller.RefuseReader(http)
            ?? List(http, "workflow_runs", runs.List().Where(run => IsOf(run, owner, repo) && (status is null || Status(run) == status)).Reverse().Select(run => Body(run)));

    private static IResult GetRun(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run) =>
        caller.RefuseReader(http) ?? (Find(runs, owner, repo, run) is { } found ? Json(Body(found)) : RestError.NotFound);

    private static IResult ListJobs(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run, string? filter) =>
        caller.RefuseReader(http) ?? (Find(runs, owner, repo, run) is { } found
            ? List(http, "jobs", Jobs(found, filter == "all").Select(job => Body(job, found)))
            : RestError.NotFound);

    private static IResult Cancel(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run) =>
        Change(http, caller, runs, owner, repo, run, runs.Cancel);

    private static IResult ForceCancel(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run) =>
        Change(http, caller, runs, owner, repo, run, runs.ForceCancel);

    private static IResult RerunAll(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run) =>
        Rerun(http, caller, runs, owner, repo, run, _ => false);

    private static IResult RerunFailed(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run) =>
        Rerun(http, caller, runs, owner, repo, run, IsGreen);

    private static IResult GetJob(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long job) =>
        caller.RefuseReader(http) ?? (FindJob(runs, owner, repo, job) is var (run, found) ? Json(Body(found, run)) : RestError.NotFound);

    private static IResult GetLog(HttpContext http, RestCaller caller, RunBoard runs, BlobLinks links, BlobStore blobs, string owner, string repo, long job)
    {
        if (caller.RefuseReader(http) is { } refusal)
        {
            return refusal;
        }

        return FindJob(runs, owner, repo, job) is var (_, found) && blobs.Find(LogNames.Job(found.Id)) is not null
            ? TypedResults.Redirect(links.Download(LogNames.Job(found.Id)))
            : RestError.NotFound;
    }

    private static IResult RerunOne(HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long job)
    {
        if (caller.RefuseAdministrator(http) is { } refusal)
        {
            return refusal;
        }

        return FindJob(runs, owner, repo, job) is var (run, found)
            ? Rerun(http, caller, runs, owner, repo, run.Id, other => other.Key != found.Key)
            : RestError.NotFound;
    }

    private static IResult Change(
        HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run, Func<long, bool> change) =>
        caller.RefuseAdministrator(http)
            ?? (Find(runs, owner, repo, run) is null ? RestError.NotFound
                : change(run) ? TypedResults.Text("{}", "application/json", statusCode: StatusCodes.Status202Accepted)
                : RestError.Of(409, "Cannot cancel a workflow run that is completed."));

    private static IResult Rerun(
        HttpContext http, RestCaller caller, RunBoard runs, string owner, string repo, long run, Func<JobInfo, bool> isKept)
    {
        if (caller.RefuseAdministrator(http) is { } refusal)
        {
            return refusal;
        }

        return Find(runs, owner, repo, run) is null ? RestError.NotFound : runs.Rerun(run, isKept) switch
        {
            RerunAnswer.Started => TypedResults.Text("{}", "application/json", statusCode: StatusCodes.Status201Created),
            RerunAnswer.Running => RestError.Of(403, "This workflow is already running"),
            RerunAnswer.TooOld => RestError.Of(403, "Unable to retry this workflow run because it was created over a month ago"),
            RerunAnswer.NothingToRetry => RestError.Of(403, "This workflow run cannot be retried"),
            _ => RestError.NotFound,
        };
    }

    private static bool IsGreen(JobInfo job) => job.Conclusion is Conclusion.Succeeded or Conclusion.SucceededWithIssues or Conclusion.Skipped;

    private static RunInfo? Find(RunBoard runs, string owner, string repo, long run) => runs.Find(run) is { } found && IsOf(found, owner, repo) ? found : null;

    private static (RunInfo Run, JobInfo Job)? FindJob(RunBoard runs, string owner, string repo, long job) =>
        runs.FindNumber(job) is { } found && IsOf(found.Run, owner, repo) ? found : null;

    private static bool IsOf(RunInfo run, string owner, string repo) => $"{owner}/{repo}".Equals(run.Repository, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<JobInfo> Jobs(RunInfo run, bool isAll) => (isAll ? run.EarlierJobs.Concat(run.Jobs) : run.Jobs).Where(job => job.Number > 0);

    private static string Status(RunInfo run) =>
        run.Conclusion is not null ? "completed" : run.Jobs.Any(job => job.Status == JobStatus.InProgress) ? "in_progress" : "queued";

    private static JsonObject Body(RunInfo run) => new()
    {
        ["id"] = run.Id,
        ["name"] = run.Name,
        ["run_number"] = run.Id,
        ["run_attempt"] = run.Attempt,
        ["event"] = run.Event,
        ["status"] = Status(run),
        ["conclusion"] = Word(run.Conclusion),
        ["head_branch"] = run.HeadBranch,
        ["head_sha"] = run.HeadSha,
        ["created_at"] = Time(run.QueuedAt),
        ["updated_at"] = Time(run.CompletedAt ?? run.QueuedAt),
    };

    private static JsonObject Body(JobInfo job, RunInfo run) => new()
    {
        ["id"] = job.Number,
        ["run_id"] = run.Id,
        ["run_attempt"] = run.Jobs.Contains(job) ? run.Attempt : 1,
        ["name"] = job.Name,
        ["status"] = job.Status switch { JobStatus.InProgress => "in_progress", JobStatus.Completed => "completed", _ => "queued" },
        ["conclusion"] = Word(job.Conclusion),
        ["created_at"] = Time(job.QueuedAt),
        ["started_at"] = Time(job.StartedAt),
        ["completed_at"] = Time(job.CompletedAt),
        ["labels"] = new JsonArray([.. job.Labels.Select(label => JsonValue.Create(label))]),
        ["runner_name"] = job.Runner,
        ["steps"] = new JsonArray([.. job.Steps.Select(step => new JsonObject
        {
            ["name"] = step.Name,
            ["number"] = step.Number,
            ["status"] = step.Status switch { StepStatus.InProgress => "in_progress", StepStatus.Completed => "completed", _ => "queued" },
            ["conclusion"] = Word(step.Conclusion),
            ["started_at"] = Time(step.StartedAt),
            ["completed_at"] = Time(step.CompletedAt),
        })]),
    };

    private static string? Word(Conclusion? conclusion) => conclusion switch
    {
        null => null,
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => "success",
        Conclusion.Canceled => "cancelled",
        Conclusion.Skipped => "skipped",
        _ => "failure",
    };

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Pages as GitHub's: 30 items each unless per_page says otherwise, 100 at most.
    private static IResult List(HttpContext http, string name, IEnumerable<JsonObject> items)
    {
        var (all, size, page) = (items.ToList(), Math.Min(Number("per_page", 30), 100), Number("page", 1));
        return Json(new JsonObject { ["total_count"] = all.Count, [name] = new JsonArray([.. all.Skip((page - 1) * size).Take(size)]) });

        int Number(string key, int standard) => int.TryParse(http.Request.Query[key], CultureInfo.InvariantCulture, out var number) && number > 0 ? number : standard;
    }

    private static IResult Json(JsonObject body) => TypedResults.Text(body.ToJsonString(), "application/json");
}
