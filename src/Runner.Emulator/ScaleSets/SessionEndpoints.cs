using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>Message sessions, the queue, and the acquisition of jobs (<c>scaleset.md</c> sections 5 to 7).</summary>
internal static class SessionEndpoints
{
    public static void MapScaleSetSessions(this IEndpointRouteBuilder routes)
    {
        const string Sessions = ScaleSetEndpoints.Base + ScaleSetRoutes.Sets + "/{id:int}/sessions";
        routes.MapPost(Sessions, OpenAsync);
        routes.MapPatch(Sessions + "/{session:guid}", Refresh);
        routes.MapDelete(Sessions + "/{session:guid}", Close);
        routes.MapGet(ScaleSetEndpoints.Base + "scalesets/message", NextAsync);
        routes.MapDelete(ScaleSetEndpoints.Base + "scalesets/message/{message:long}", Delete);
        routes.MapPost(ScaleSetEndpoints.Base + ScaleSetRoutes.Sets + "/{id:int}/acquirejobs", AcquireAsync);
        routes.MapGet(ScaleSetEndpoints.Base + ScaleSetRoutes.Sets + "/{id:int}/acquirablejobs", ListAcquirable);
    }

    private static async Task<IResult> OpenAsync(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, EmulatorAddress address, int id)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        var request = await http.Request.TryReadAsync(ScaleSetJson.Default.ScaleSetSessionRequest);
        if (board.List(scope).FirstOrDefault(set => set.Id == id) is not { } found)
        {
            return ScaleSetAnswers.NoSet;
        }

        return board.Open(scope, id, request?.OwnerName) is { } session
            ? Body(session, found, caller, address)
            : ScaleSetAnswers.Conflict(found.Name ?? string.Empty, board.SessionOf(id)?.Owner);
    }

    private static IResult Refresh(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, EmulatorAddress address, int id, Guid session)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return ScaleSetAnswers.NoToken;
        }

        return board.List(scope).FirstOrDefault(set => set.Id == id) is not { } found ? ScaleSetAnswers.NoSet
            : board.SessionOf(id) is { } living && living.Id == session ? Body(living, found, caller, address)
            : ScaleSetAnswers.NoSession;
    }

    private static IResult Close(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, int id, Guid session) =>
        caller.ScopeOf(http) is not { } scope ? ScaleSetAnswers.NoToken
        : board.List(scope).Any(set => set.Id == id) && board.Close(id, session) ? TypedResults.NoContent()
        : ScaleSetAnswers.NoSession;

    private static async Task<IResult> NextAsync(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, long? lastMessageId)
    {
        if (caller.SetOf(http) is not { } set)
        {
            return ScaleSetAnswers.NoToken;
        }

        // Clients of old do not tell a capacity.
        var text = http.Request.Headers[ScaleSetRoutes.CapacityHeader].ToString();
        var capacity = text.Length == 0 ? int.MaxValue : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : -1;
        if (capacity < 0)
        {
            return ScaleSetAnswers.Bad($"{ScaleSetRoutes.CapacityHeader} is '{text}', expected a number.");
        }

        var message = await board.NextAsync(set, new SetPoll(lastMessageId ?? 0, capacity), http.RequestAborted);
        return message is null ? TypedResults.StatusCode(StatusCodes.Status202Accepted) : TypedResults.Json(message, ScaleSetJson.Default.ScaleSetMessage);
    }

    private static IResult Delete(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, long message)
    {
        if (caller.SetOf(http) is not { } set)
        {
            return ScaleSetAnswers.NoToken;
        }

        board.Delete(set, message);
        return TypedResults.NoContent();
    }

    // github.com has no such route.
    private static async Task<IResult> AcquireAsync(HttpContext http, ScaleSetCaller caller, ScaleSetBoard board, EmulatorOptions options, int id)
    {
        if (!options.ScaleSetsAcquire)
        {
            return TypedResults.NotFound();
        }

        if (caller.SetOf(http) != id)
        {
            return ScaleSetAnswers.NoToken;
        }

        if (await http.Request.TryReadAsync(ScaleSetJson.Default.RequestIds) is not { } requests)
        {
            return ScaleSetAnswers.Bad("The body is no list of numbers.");
        }

        var acquired = board.Acquire(id, [.. requests]);
        return TypedResults.Json(new ScaleSetList<long> { Count = acquired.Length, Value = acquired }, ScaleSetJson.Default.Requests);
    }

    private static IResult ListAcquirable(HttpContext http, ScaleSetCaller caller, int id) =>
        caller.ScopeOf(http) is null ? ScaleSetAnswers.NoToken : TypedResults.NoContent();

    private static IResult Body(SetSession session, RunnerScaleSet set, ScaleSetCaller caller, EmulatorAddress address) => TypedResults.Json(
        new ScaleSetSession
        {
            SessionId = session.Id,
            OwnerName = session.Owner,
            RunnerScaleSet = set,
            MessageQueueUrl = address.ScaleSetQueue.AbsoluteUri,
            MessageQueueAccessToken = caller.NewToken(set.Id ?? 0, session.Id),
            Statistics = set.Statistics,
        },
        ScaleSetJson.Default.ScaleSetSession);
}
