using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Tenant;

/// <summary>Routes of the older protocol (V1): what agents call with their own token. Jobs' own are in <see cref="PlanEndpoints"/>.</summary>
internal static class TenantEndpoints
{
    public static void MapTenant(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(TenantPaths.Base + "/_apis/connectionData", static (EmulatorOptions options) =>
            TypedResults.Json(PoolEndpoints.Connection(options), TenantJson.Default.ConnectionData));
        var tenant = routes.MapGroup(string.Empty);
        tenant.AddEndpointFilter(static async (context, next) =>
            context.HttpContext.RequestServices.GetService(typeof(TenantCaller)) is TenantCaller caller && caller.Refuse(context.HttpContext) is { } refusal
                ? refusal
                : await next(context));
        tenant.MapPools();
        tenant.MapPost(TenantPaths.Route(TenantResource.Sessions, isCollection: true), (HttpContext http, TenantSessions talks) => talks.CreateAsync(http));
        tenant.MapDelete(TenantPaths.Route(TenantResource.Sessions), (HttpContext http, TenantSessions talks, Guid sessionId) => talks.Delete(http, sessionId));
        tenant.MapGet(TenantPaths.Route(TenantResource.Messages, isCollection: true), (HttpContext http, TenantSessions talks, Guid sessionId) =>
            talks.NextMessageAsync(http, sessionId));
        tenant.MapDelete(TenantPaths.Route(TenantResource.Messages), (HttpContext http, TenantSessions talks, long messageId, Guid sessionId) =>
            talks.DeleteMessage(http, messageId, sessionId));
        tenant.MapPatch(TenantPaths.Route(TenantResource.JobRequests), ChangeRequestAsync);
        tenant.MapPlans();
    }

    /// <summary>Prolongs the lock of a job, or, for old plans, ends it.</summary>
    private static async Task<IResult> ChangeRequestAsync(
        HttpContext http, TenantCaller caller, JobBoard board, EmulatorOptions options, TimeProvider time, long requestId)
    {
        if (caller.Runner(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(TenantJson.Default.JobRequest, RecordReader.CheckResultIfAny) is not { } change || change.RequestId != requestId)
        {
            return TenantAnswers.Bad("The body must be JSON with the requestId that the address names, and its result, if any, one that is known.");
        }

        // The first renewal says that the agent has the job.
        if (board.FindOfRunner(runner.Id)?.RequestId != requestId.ToString(CultureInfo.InvariantCulture)
            || board.Acquire(runner, requestId.ToString(CultureInfo.InvariantCulture)).Job is not { } job)
        {
            return TenantAnswers.NoRequest;
        }

        if (change.Result is { } result)
        {
            return Finish(board, options, time, job, result)
                ? TypedResults.Json(change, TenantJson.Default.JobRequest)
                : TenantAnswers.Bad("The result is unknown, or the plan's jobs end by an event: its version is 8 or more.");
        }

        return board.Renew(job.Plan, job.Id) is { DueAt: { } until }
            ? TypedResults.Json(new JobRequest { RequestId = requestId, LockedUntil = until }, TenantJson.Default.JobRequest)
            : TenantAnswers.NoRequest;
    }

    private static bool Finish(JobBoard board, EmulatorOptions options, TimeProvider time, JobState job, Conclusion conclusion) =>
        !EndsByEvent(options)
        && board.Complete(job.Plan, job.Id, state => state.Complete(conclusion, reason: null, time.GetUtcNow())) is not null;

    /// <summary>Whether jobs end by an event.</summary>
    public static bool EndsByEvent(EmulatorOptions options) => options.PlanVersion >= 8;
}
