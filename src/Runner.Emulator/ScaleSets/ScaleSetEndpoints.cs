using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Json;
using Runner.Emulator.Runners;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>Runner groups and scale sets, for who administers them (<c>scaleset.md</c> sections 3 and 4).</summary>
internal static class ScaleSetEndpoints
{
    /// <summary>Below the tenant's address.</summary>
    public const string Base = "/broker/";

    public static void MapScaleSets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Base + ScaleSetRoutes.Groups, ListGroups);
        routes.MapGet(Base + ScaleSetRoutes.Sets, List);
        routes.MapPost(Base + ScaleSetRoutes.Sets, AddAsync);
        routes.MapGet(Base + ScaleSetRoutes.Sets + "/{id:int}", Get);
        routes.MapPatch(Base + ScaleSetRoutes.Sets + "/{id:int}", ChangeAsync);
        routes.MapDelete(Base + ScaleSetRoutes.Sets + "/{id:int}", Delete);
    }

    private static IResult ListGroups(HttpContext http, ScaleSetCaller caller, RunnerGroups groups, RunnerRegistry runners, string? groupName)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        // The default one is asked for as 'default', whatever it is called.
        var found = groups.List(scope)
            .Where(group => groupName is null || RunnerScope.AreSame(group.Name, groupName))
            .Select(group => new ScaleSetGroup
            {
                Id = group.Id,
                Name = group.Name,
                Size = runners.List(scope, name: null).Count(runner => runner.GroupId == group.Id),
                IsDefaultGroup = group.Id == RunnerGroups.Default,
            })
            .ToImmutableArray();
        return TypedResults.Json(new ScaleSetList<ScaleSetGroup> { Count = found.Length, Value = found }, ScaleSetJson.Default.Groups);
    }

    private static IResult List(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, int? runnerGroupId, string? name)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        var found = board.List(scope)
            .Where(set => (runnerGroupId is null || set.RunnerGroupId == runnerGroupId) && (name is null || RunnerScope.AreSame(set.Name ?? string.Empty, name)))
            .ToImmutableArray();
        return TypedResults.Json(new ScaleSetList<RunnerScaleSet> { Count = found.Length, Value = found }, ScaleSetJson.Default.ScaleSets);
    }

    private static async Task<IResult> AddAsync(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, RunnerGroups groups)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        if (await http.Request.TryReadAsync(ScaleSetJson.Default.RunnerScaleSet) is not { Name: { Length: > 0 } name } set)
        {
            return ScaleSetAnswers.Bad("A runner scale set needs a name.");
        }

        var group = set.RunnerGroupId ?? RunnerGroups.Default;
        if (groups.Find(scope, group) is null)
        {
            return ScaleSetAnswers.Bad($"There is no runner group {group}.");
        }

        ImmutableArray<string> labels = [.. (set.Labels ?? []).Select(label => label.Name).OfType<string>()];
        return board.Add(scope, name, group, labels, set.RunnerSetting?.DisableUpdate == true) is { } added
            ? TypedResults.Json(added, ScaleSetJson.Default.RunnerScaleSet)
            : ScaleSetAnswers.SetExists(name);
    }

    private static IResult Get(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, int id) =>
        caller.ScopeOf(http) is not { } scope ? ScaleSetAnswers.NoToken
        : board.List(scope).FirstOrDefault(set => set.Id == id) is { } found ? TypedResults.Json(found, ScaleSetJson.Default.RunnerScaleSet)
        : ScaleSetAnswers.NoSet;

    private static async Task<IResult> ChangeAsync(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, int id)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        return await http.Request.TryReadAsync(ScaleSetJson.Default.RunnerScaleSet) is not { } changes ? ScaleSetAnswers.Bad("The body is no runner scale set.")
            : board.Change(scope, id, changes) is { } changed ? TypedResults.Json(changed, ScaleSetJson.Default.RunnerScaleSet)
            : ScaleSetAnswers.NoSet;
    }

    private static IResult Delete(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, int id) =>
        caller.ScopeOf(http) is not { } scope ? ScaleSetAnswers.NoToken
        : board.Remove(scope, id) ? TypedResults.NoContent()
        : ScaleSetAnswers.NoSet;
}
