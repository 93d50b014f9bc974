using Microsoft.AspNetCore.Http;
using Runner.Emulator.Jobs;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;
using Runner.Jobs;

namespace Runner.Emulator.Tenant;

/// <summary>Says who calls, and whether that one may.</summary>
internal sealed class TenantCaller(TokenIssuer tokens, RunnerRegistry runners, JobBoard board, EmulatorOptions options)
{
    /// <summary>Why a call is not for this server; <c>null</c>: it is.</summary>
    public IResult? Refuse(HttpContext http) => options.Protocol != EmulatorProtocol.V1 ? TypedResults.NotFound()
        : tokens.Read(RequestToken.Of(http.Request)) is not { Kind: TokenKind.Admin or TokenKind.Runner or TokenKind.Job } ? TenantAnswers.NoToken
        : !http.Request.Headers.Accept.ToString().Contains("api-version=", StringComparison.Ordinal) ? TenantAnswers.NoVersion
        : null;

    /// <summary>The scope that the caller administers, or <c>null</c>.</summary>
    public string? ScopeOf(HttpContext http) => tokens.Read(RequestToken.Of(http.Request)) is { Kind: TokenKind.Admin } claims ? claims.Subject : null;

    /// <summary>The registered runner that calls, or <c>null</c> with the answer to give.</summary>
    public RunnerRecord? Runner(HttpContext http, out IResult refusal)
    {
        refusal = TenantAnswers.Denied;
        if (tokens.RunnerOf(http.Request) is not { } id)
        {
            return null;
        }

        refusal = TenantAnswers.NoAgent;
        return runners.Find(id);
    }

    /// <summary>The job that calls, where it runs and the path names its plan as the job's message does; else <c>null</c> with the answer to give.</summary>
    public JobState? Job(HttpContext http, out IResult refusal)
    {
        refusal = TenantAnswers.Denied;
        if (tokens.Read(RequestToken.Of(http.Request)) is not { Kind: TokenKind.Job } claims || !Guid.TryParse(claims.Subject, out var id))
        {
            return null;
        }

        refusal = TenantAnswers.NoPlan;
        var route = http.Request.RouteValues;
        if (board.Find(new JobId(id)) is not { Phase: JobPhase.Running } job
            || !Names(route["planId"], job.Plan.Value)
            || !Names(route["scopeIdentifier"], TenantMessages.Scope)
            || !string.Equals(route["hubName"] as string, TenantMessages.Hub, StringComparison.OrdinalIgnoreCase)
            || (route["timelineId"] is { } timeline && !Names(timeline, TenantMessages.TimelineOf(job.Id))))
        {
            return null;
        }

        return job;
    }

    private static bool Names(object? value, Guid id) => Guid.TryParse(value as string, out var named) && named == id;
}
