using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Actions;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Emulator.Results;
using Runner.Jobs;
using Runner.Protocol.Tenant;
using Runner.Services.Blobs;

namespace Runner.Emulator.Tenant;

/// <summary>What a job tells its plan with its own token: records, logs, live lines, files, its end (<c>run-service.md</c> sections 6 and 7).</summary>
internal static class PlanEndpoints
{
    private const long MaxSummaryBytes = 1024 * 1024;

    public static void MapPlans(this IEndpointRouteBuilder tenant)
    {
        tenant.MapPatch(TenantPaths.Route(TenantResource.TimelineRecords), UpdateRecordsAsync);
        tenant.MapPost(TenantPaths.Route(TenantResource.Logs, isCollection: true), CreateLogAsync);
        tenant.MapPost(TenantPaths.Route(TenantResource.Logs), AppendLogAsync);
        tenant.MapPost(TenantPaths.Route(TenantResource.Feed), FeedAsync);
        tenant.MapPut(TenantPaths.Route(TenantResource.Attachments), AttachAsync);
        tenant.MapPost(TenantPaths.Route(TenantResource.PlanEvents), EventAsync);
        tenant.MapPost(TenantPaths.Route(TenantResource.ActionDownloads), FindActionsAsync);
    }

    private static async Task<IResult> UpdateRecordsAsync(HttpContext http, TenantCaller caller, JobBoard board, TenantLogs logs, EventHub events)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(TenantJson.Default.TimelineRecords) is not { Value: { } records } list || list.Count != records.Count)
        {
            return TenantAnswers.Bad("The body must be JSON: {\"count\": n, \"value\": [records]}.");
        }

        foreach (var record in records)
        {
            if (record.Id != job.Id.Value && record.ParentId != job.Id.Value)
            {
                return TenantAnswers.Bad($"The record {record.Id} is neither the job nor a step of it.");
            }

            if (record.Log is { } log && !await logs.ShowAsync(job.Id, record.Id, log.Id, http.RequestAborted))
            {
                return TenantAnswers.Bad($"There is no log {log.Id}.");
            }

            JobState? before = null;
            var after = board.Update(job.Id, state => RecordReader.Apply(before = state, record, logs));
            Publish(events, before, after, record);
        }

        return TypedResults.Json(list, TenantJson.Default.TimelineRecords);
    }

    private static void Publish(EventHub events, JobState? before, JobState? after, TimelineRecord record)
    {
        var step = after?.Steps.FirstOrDefault(known => known.Id.Value == record.Id);
        if (after is not null && step is not null && before?.Steps.FirstOrDefault(known => known.Id == step.Id)?.Status != step.Status)
        {
            events.Publish(new EmulatorEvent { Type = EmulatorEventType.StepChanged, RunId = after.RunId, JobId = after.Id, Name = after.Name, Step = step });
        }
    }

    private static async Task<IResult> CreateLogAsync(HttpContext http, TenantCaller caller, TenantLogs logs)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        return await http.Request.TryReadAsync(TenantJson.Default.TaskLog) is { Path: { Length: > 0 } path }
            ? TypedResults.Json(new TaskLog { Id = await logs.CreateAsync(job.Id, http.RequestAborted), Path = path }, TenantJson.Default.TaskLog)
            : TenantAnswers.Bad("A log needs a path.");
    }

    private static async Task<IResult> AppendLogAsync(HttpContext http, TenantCaller caller, TenantLogs logs, int logId)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        using var page = new MemoryStream();
        await http.Request.Body.CopyToAsync(page, http.RequestAborted);
        try
        {
            return await logs.AppendAsync(job.Id, logId, page.ToArray(), http.RequestAborted)
                ? TypedResults.Json(new TaskLog { Id = logId }, TenantJson.Default.TaskLog)
                : TenantAnswers.Bad($"There is no log {logId}.");
        }
        catch (BlobException error)
        {
            return TenantAnswers.Of(error.Status, error.Code, error.Message);
        }
    }

    private static async Task<IResult> FeedAsync(HttpContext http, TenantCaller caller, EventHub events)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(TenantJson.Default.FeedLines) is not { Value: { Count: > 0 } lines } feed)
        {
            return TenantAnswers.Bad("The body must be JSON with value, the lines.");
        }

        events.Publish(new EmulatorEvent
        {
            Type = EmulatorEventType.LogLines,
            RunId = job.RunId,
            JobId = job.Id,
            Name = job.Name,
            Step = new StepInfo { Id = new StepId(feed.StepId) },
            Lines = [.. lines],
        });
        return TypedResults.NoContent();
    }

    private static async Task<IResult> AttachAsync(
        HttpContext http, TenantCaller caller, UploadUrls uploads, BlobStore blobs, Guid recordId, string type, string name)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        if (type != AttachmentTypes.StepSummary)
        {
            return TypedResults.NoContent(); // taken, and shown nowhere
        }

        using var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content, http.RequestAborted);
        if (content.Length > MaxSummaryBytes)
        {
            return TenantAnswers.Bad($"The summary '{name}' has more than {MaxSummaryBytes} bytes.");
        }

        content.Position = 0;
        var blob = LogNames.Summary(job.Id, new StepId(recordId));
        uploads.Reserve(job.Id, blob);
        await blobs.PutAsync(blob, content, "text/markdown", onlyIfNew: false, http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> EventAsync(HttpContext http, TenantCaller caller, JobBoard board, TenantLogs logs, EmulatorOptions options, TimeProvider time)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(TenantJson.Default.JobCompletedEvent, RecordReader.CheckResult) is not { Name: JobCompletedEvent.JobCompleted } completed
            || completed.JobId != job.Id
            || completed.RequestId.ToString(System.Globalization.CultureInfo.InvariantCulture) != job.RequestId)
        {
            return TenantAnswers.Bad("The body must be the event JobCompleted of this job and its request, with a result that is known.");
        }

        if (!TenantEndpoints.EndsByEvent(options))
        {
            return TenantAnswers.Bad("The plan is too old for events: its jobs end with their request.");
        }

        logs.Drop(job.Id);
        return board.Complete(job.Plan, job.Id, state => RecordReader.Apply(state, completed, time.GetUtcNow())) is not null
            ? TypedResults.NoContent()
            : TenantAnswers.NoPlan;
    }

    private static async Task<IResult> FindActionsAsync(
        HttpContext http, TenantCaller caller, ActionRepositories repositories, JobConnection connection, EmulatorAddress address)
    {
        if (caller.Job(http, out var refusal) is not { } job)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(TenantJson.Default.ActionReferences) is not { } request)
        {
            return TenantAnswers.Bad("The body must be JSON with actions.");
        }

        var (token, expires) = connection.NewRepositoryToken(job.Id);
        var found = new Dictionary<string, TenantActionDownload>();
        foreach (var action in request.Actions)
        {
            var (name, version) = (action.NameWithOwner ?? string.Empty, action.Ref ?? string.Empty);
            if (repositories.Find(name) is not { } repository
                || await repository.ResolveAsync(version, http.RequestAborted) is not { Commit: { } commit })
            {
                return TenantAnswers.Of(400, "UnresolvableActionDownloadInfoException", $"Unable to resolve action `{name}@{version}`, it was not found.");
            }

            found[$"{name}@{version}"] = new TenantActionDownload
            {
                NameWithOwner = name,
                ResolvedNameWithOwner = repository.Name,
                Ref = version,
                ResolvedSha = commit,
                TarballUrl = new Uri(address.Root, $"repos/{repository.Name}/tarball/{commit}").AbsoluteUri,
                ZipballUrl = new Uri(address.Root, $"repos/{repository.Name}/zipball/{commit}").AbsoluteUri,
                Authentication = new TenantActionToken { Token = token, ExpiresAt = expires },
            };
        }

        return TypedResults.Json(new TenantActionDownloads { Actions = found }, TenantJson.Default.TenantActionDownloads);
    }
}
