using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Broker;
using Runner.Emulator.Jobs;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Rest;

/// <summary>Lists and removes runners (docs.github.com, "REST API endpoints for self-hosted runners"; <c>registration.md</c> section 3).</summary>
internal static class RunnerEndpoints
{
    private const int DefaultPageSize = 30;
    private const int MaxPageSize = 100;

    public static void MapRunners(this IEndpointRouteBuilder actions)
    {
        actions.MapGet("/runners", List);
        actions.MapGet("/runners/{id:int}", Get);
        actions.MapDelete("/runners/{id:int}", Delete);
        actions.MapGet("/runner-groups/{group:int}/runners", List);
    }

    /// <summary>A runner as the REST API shows it.</summary>
    public static RunnerBody Body(RunnerRecord runner, SessionTable sessions, JobBoard board) => new()
    {
        Id = runner.Id,
        Name = runner.Name,
        Os = runner.Os,
        Status = sessions.IsOnline(runner.Id) ? "online" : "offline",
        Busy = board.IsBusy(runner.Id),
        Ephemeral = runner.IsEphemeral,
        RunnerGroupId = runner.GroupId,
        Version = runner.Version,
        Labels = [.. runner.Labels.Select(label => new LabelBody(label.Id, label.Name, label.IsSystem ? "read-only" : "custom"))],
    };

    private static IResult List(
        HttpContext http, RestCaller caller, RunnerRegistry runners, SessionTable sessions, JobBoard board, string? name, int? page, int? group,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "per_page")] int? size)
    {
        var scope = RunnerScope.Of(http.Request.RouteValues);
        if (caller.Refuse(http, scope, TokenKind.Registration, TokenKind.Remove) is { } refusal)
        {
            return refusal;
        }

        var all = runners.List(scope, name).Where(runner => group is null || runner.GroupId == group).ToImmutableArray();
        var taken = Math.Clamp(size ?? DefaultPageSize, 1, MaxPageSize);
        var body = new RunnerListBody(
            all.Length,
            [.. all.Skip((Math.Max(page ?? 1, 1) - 1) * taken).Take(taken).Select(runner => Body(runner, sessions, board))]);
        return TypedResults.Json(body, RestJson.Default.RunnerListBody);
    }

    private static IResult Get(
        HttpContext http, RestCaller caller, RunnerRegistry runners, SessionTable sessions, JobBoard board, int id) =>
        caller.RefuseAdministrator(http) ?? (Find(http, runners, id) is { } runner
            ? TypedResults.Json(Body(runner, sessions, board), RestJson.Default.RunnerBody)
            : RestError.NotFound);

    private static IResult Delete(
        HttpContext http, RestCaller caller, RunnerRegistry runners, RunnerRemoval removal, JobBoard board, int id)
    {
        if (caller.Refuse(http, RunnerScope.Of(http.Request.RouteValues), TokenKind.Remove) is { } refusal)
        {
            return refusal;
        }

        if (Find(http, runners, id) is not { } runner)
        {
            return RestError.NotFound;
        }

        if (board.IsBusy(id))
        {
            return RestError.Of(422, $"Bad request - Runner \"{runner.Name}\" is still running a job\"");
        }

        return removal.Remove(id) ? TypedResults.NoContent() : RestError.NotFound;
    }

    private static RunnerRecord? Find(HttpContext http, RunnerRegistry runners, int id) =>
        runners.Find(id) is { } runner && RunnerScope.AreSame(runner.Scope, RunnerScope.Of(http.Request.RouteValues)) ? runner : null;
}
