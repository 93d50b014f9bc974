using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Broker;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Runners;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>JIT configurations and runners (<c>scaleset.md</c> section 10).</summary>
internal static class SetRunnerEndpoints
{
    public static void MapScaleSetRunners(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(ScaleSetEndpoints.Base + ScaleSetRoutes.Sets + "/{id:int}/generatejitconfig", RegisterAsync);
        routes.MapGet(ScaleSetEndpoints.Base + ScaleSetRoutes.Runners, Find);
        routes.MapGet(ScaleSetEndpoints.Base + ScaleSetRoutes.Runners + "/{runner:int}", Get);
        routes.MapDelete(ScaleSetEndpoints.Base + ScaleSetRoutes.Runners + "/{runner:int}", Delete);
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, JitRegistration jit, int id)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        if (board.List(scope).FirstOrDefault(set => set.Id == id) is not { RunnerGroupId: { } group })
        {
            return ScaleSetAnswers.NoSet;
        }

        if (await http.Request.TryReadAsync(ScaleSetJson.Default.ScaleSetJitRequest) is not { Name: { Length: > 0 } name } request)
        {
            return ScaleSetAnswers.Bad("A runner needs a name.");
        }

        // Runners of a set show no labels.
        return jit.Register(scope, name, [], request.WorkFolder, group, scaleSet: id) is var (runner, config)
            ? TypedResults.Json(
                new ScaleSetJitResponse { Runner = Body(runner), EncodedJitConfig = config.Encode() }, ScaleSetJson.Default.ScaleSetJitResponse)
            : ScaleSetAnswers.RunnerExists(name);
    }

    private static IResult Find(HttpContext http, ScaleSetCaller caller, RunnerRegistry runners, string? agentName)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        ImmutableArray<ScaleSetRunner> found = [.. runners.List(scope, agentName).Select(Body)];
        return TypedResults.Json(new ScaleSetList<ScaleSetRunner> { Count = found.Length, Value = found }, ScaleSetJson.Default.Runners);
    }

    private static IResult Get(HttpContext http, ScaleSetCaller caller, RunnerRegistry runners, int runner) =>
        caller.ScopeOf(http) is not { } scope ? ScaleSetAnswers.NoToken
        : Held(runners, scope, runner) is { } found ? TypedResults.Json(Body(found), ScaleSetJson.Default.ScaleSetRunner)
        : ScaleSetAnswers.NoRunner;

    private static IResult Delete(HttpContext http, ScaleSetCaller caller, RunnerRegistry runners, RunnerRemoval removal, JobBoard jobs, int runner) =>
        caller.ScopeOf(http) is not { } scope ? ScaleSetAnswers.NoToken
        : Held(runners, scope, runner) is null ? ScaleSetAnswers.NoRunner
        : jobs.IsBusy(runner) ? ScaleSetAnswers.RunnerIsBusy
        : removal.Remove(runner) ? TypedResults.NoContent()
        : ScaleSetAnswers.NoRunner;

    private static RunnerRecord? Held(RunnerRegistry runners, string scope, int id) =>
        runners.Find(id) is { } runner && RunnerScope.AreSame(runner.Scope, scope) ? runner : null;

    private static ScaleSetRunner Body(RunnerRecord runner) => new() { Id = runner.Id, Name = runner.Name, RunnerScaleSetId = runner.ScaleSet ?? 0 };
}
