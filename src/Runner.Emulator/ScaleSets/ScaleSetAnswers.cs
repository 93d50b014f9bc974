using Microsoft.AspNetCore.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>Refusals of the service (<c>scaleset.md</c> section 2).</summary>
internal static class ScaleSetAnswers
{
    public static IResult NoToken { get; } = Of(401, "InvalidTokenException", "The token is none of those that open this, or has ended.");

    public static IResult NoSet { get; } = Of(404, "RunnerScaleSetNotFoundException", "There is no such runner scale set.");

    public static IResult NoSession { get; } = Of(404, "RunnerScaleSetSessionNotFoundException", "There is no such session, or it has ended.");

    public static IResult NoRunner { get; } = Of(404, ScaleSetErrors.AgentNotFound, "There is no such runner.");

    public static IResult RunnerExists(string name) => Of(409, ScaleSetErrors.AgentExists, $"A runner named '{name}' exists already.");

    public static IResult RunnerIsBusy { get; } = Of(400, ScaleSetErrors.JobStillRunning, "The runner has a job and cannot be removed.");

    public static IResult SetExists(string name) => Of(409, "RunnerScaleSetExistsException", $"A runner scale set named '{name}' exists already in its group.");

    public static IResult Conflict(string name, string? owner) =>
        Of(409, "RunnerScaleSetSessionConflictException", $"The runner scale set {name} already has an active session for owner {owner}.");

    public static IResult Bad(string message) => Of(400, "ArgumentException", message);

    private static IResult Of(int status, string type, string message) => TypedResults.Json(
        new ScaleSetErrorBody { TypeName = $"GitHub.Actions.{type}, GitHub.Actions", Message = message }, ScaleSetJson.Default.ScaleSetErrorBody, statusCode: status);
}
