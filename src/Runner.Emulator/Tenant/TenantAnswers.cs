using Microsoft.AspNetCore.Http;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Tenant;

/// <summary>Refusals of the older protocol (<c>registration.md</c> section 10).</summary>
internal static class TenantAnswers
{
    public static IResult NoToken { get; } = Of(401, "UnauthorizedRequestException", "The token is none of those that open this, or has ended.");

    public static IResult Denied { get; } = Of(403, "AccessDeniedException", "The token is valid, but not for this.");

    public static IResult NoVersion { get; } =
        Of(400, "VssVersionNotSpecifiedException", "No api-version was supplied: it stands in the Accept header, such as application/json; api-version=5.1-preview.1.");

    public static IResult NoAgent { get; } = Of(404, "TaskAgentNotFoundException", "There is no such agent: it was deleted, or was ephemeral and has had its job.");

    public static IResult NoPool { get; } = Of(404, "TaskAgentPoolNotFoundException", "There is no such pool.");

    public static IResult AgentIsBusy { get; } = Of(400, "TaskAgentJobStillRunningException", "The agent has a job and cannot be deleted.");

    public static IResult SessionExpired { get; } = Of(403, "TaskAgentSessionExpiredException", "The session has expired or is not this agent's.");

    public static IResult SessionConflict { get; } = Of(409, "TaskAgentSessionConflictException", "The agent has a session already: another process runs under its name.");

    public static IResult NoRequest { get; } = Of(404, "TaskAgentJobNotFoundException", "The agent has no such job: it has ended, or its lock has expired.");

    public static IResult NoPlan { get; } = Of(404, "TaskOrchestrationPlanNotFoundException", "The plan does not exist, or has no such job that runs.");

    public static IResult AgentExists(string name) => Of(409, "TaskAgentExistsException", $"An agent named '{name}' exists already.");

    public static IResult Bad(string message) => Of(400, "ArgumentException", message);

    public static IResult Of(int status, string type, string message) => TypedResults.Json(
        new TenantErrorBody { TypeKey = type, TypeName = $"Emulator.{type}, Emulator", Message = message }, TenantJson.Default.TenantErrorBody, statusCode: status);
}
