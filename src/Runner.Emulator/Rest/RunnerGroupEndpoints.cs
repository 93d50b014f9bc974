using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Json;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Rest;

/// <summary>Runner groups (docs.github.com, "REST API endpoints for self-hosted runner groups"), and the numbers of repositories, which they name them by.</summary>
internal static class RunnerGroupEndpoints
{
    public static void MapRunnerGroups(this IEndpointRouteBuilder actions)
    {
        actions.MapGet("/runner-groups", List);
        actions.MapPost("/runner-groups", AddAsync);
        actions.MapGet("/runner-groups/{group:int}", Get);
        actions.MapPatch("/runner-groups/{group:int}", ChangeAsync);
        actions.MapDelete("/runner-groups/{group:int}", Delete);
        actions.MapPut("/runner-groups/{group:int}/repositories/{repository:long}", Admit);
        actions.MapDelete("/runner-groups/{group:int}/repositories/{repository:long}", Exclude);
    }

    public static void MapRepository(this IEndpointRouteBuilder api) => api.MapGet("/repos/{owner}/{repo}", GetRepository);

    private static IResult GetRepository(HttpContext http, RestCaller caller, RunnerGroups groups, string owner, string repo) =>
        caller.RefuseReader(http) ?? TypedResults.Json(
            new RepositoryBody(groups.RepositoryId($"{owner}/{repo}"), repo, $"{owner}/{repo}", true, "private"), RestJson.Default.RepositoryBody);

    private static IResult Admit(HttpContext http, RestCaller caller, RunnerGroups groups, int group, long repository) =>
        Select(http, caller, groups, group, found => found with { Repositories = found.Repositories.Add(repository) });

    private static IResult Exclude(HttpContext http, RestCaller caller, RunnerGroups groups, int group, long repository) =>
        Select(http, caller, groups, group, found => found with { Repositories = found.Repositories.Remove(repository) });

    private static IResult List(HttpContext http, RestCaller caller, RunnerGroups groups)
    {
        var scope = RunnerScope.Of(http.Request.RouteValues);
        if (caller.Refuse(http, scope, TokenKind.Registration, TokenKind.Remove) is { } refusal)
        {
            return refusal;
        }

        var all = groups.List(scope);
        return TypedResults.Json(new RunnerGroupListBody(all.Length, [.. all.Select(Body)]), RestJson.Default.RunnerGroupListBody);
    }

    private static IResult Get(HttpContext http, RestCaller caller, RunnerGroups groups, int group) =>
        caller.RefuseAdministrator(http)
            ?? (groups.Find(RunnerScope.Of(http.Request.RouteValues), group) is { } found ? Json(found, StatusCodes.Status200OK) : RestError.NotFound);

    private static async Task<IResult> AddAsync(HttpContext http, RestCaller caller, RunnerGroups groups)
    {
        if (caller.RefuseAdministrator(http) is { } refusal)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(RestJson.Default.RunnerGroupRequest) is not { } request)
        {
            return RestError.UnreadableBody;
        }

        if (string.IsNullOrWhiteSpace(request.Name) || !IsVisibility(request.Visibility))
        {
            return RestError.Of(422, "Invalid request.\n\n\"name\" must be supplied, and \"visibility\" be all, private or selected.");
        }

        var group = Apply(new RunnerGroup { Scope = RunnerScope.Of(http.Request.RouteValues), Name = request.Name }, request);
        return groups.Add(group) is { } added
            ? Json(added, StatusCodes.Status201Created)
            : RestError.Of(409, $"Runner group {request.Name} already exists");
    }

    private static async Task<IResult> ChangeAsync(HttpContext http, RestCaller caller, RunnerGroups groups, int group)
    {
        if (caller.RefuseAdministrator(http) is { } refusal)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(RestJson.Default.RunnerGroupRequest) is not { } request || !IsVisibility(request.Visibility))
        {
            return RestError.UnreadableBody;
        }

        return groups.Change(RunnerScope.Of(http.Request.RouteValues), group, found => Apply(found, request)) is { } changed
            ? Json(changed, StatusCodes.Status200OK)
            : RestError.NotFound;
    }

    private static IResult Delete(HttpContext http, RestCaller caller, RunnerGroups groups, int group) =>
        caller.RefuseAdministrator(http)
            ?? (groups.Remove(RunnerScope.Of(http.Request.RouteValues), group) ? TypedResults.NoContent() : RestError.NotFound);

    private static IResult Select(HttpContext http, RestCaller caller, RunnerGroups groups, int group, Func<RunnerGroup, RunnerGroup> change) =>
        caller.RefuseAdministrator(http)
            ?? (groups.Change(RunnerScope.Of(http.Request.RouteValues), group, change) is not null ? TypedResults.NoContent() : RestError.NotFound);

    private static RunnerGroup Apply(RunnerGroup group, RunnerGroupRequest request) => group with
    {
        Name = request.Name ?? group.Name,
        Visibility = request.Visibility ?? group.Visibility,
        AllowsPublic = request.AllowsPublicRepositories ?? group.AllowsPublic,
        Repositories = request.SelectedRepositoryIds is { IsDefault: false } ids ? [.. ids] : group.Repositories,
    };

    private static bool IsVisibility(string? visibility) => visibility is null or "all" or "private" or RunnerGroup.Selected;

    private static IResult Json(RunnerGroup group, int status) => TypedResults.Json(Body(group), RestJson.Default.RunnerGroupBody, statusCode: status);

    private static RunnerGroupBody Body(RunnerGroup group) =>
        new(group.Id, group.Name, group.Visibility, group.Id == RunnerGroups.Default, false, group.AllowsPublic, false);
}
