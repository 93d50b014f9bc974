using Microsoft.AspNetCore.Http;
using Runner.Emulator.Broker;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;

namespace Runner.Emulator.Rest;

/// <summary>Registers an ephemeral runner and gives its configuration (docs.github.com, "Create configuration for a just-in-time runner").</summary>
internal static class JitEndpoint
{
    private const int MaxNameLength = 64;
    private const int MaxLabels = 100;

    public static async Task<IResult> GenerateAsync(
        HttpContext http, RestCaller caller, JitRegistration jit, RunnerGroups groups, SessionTable sessions, JobBoard board, EmulatorOptions options)
    {
        if (!options.JitConfigs)
        {
            return RestError.NotFound;
        }

        if (caller.RefuseAdministrator(http) is { } refusal)
        {
            return refusal;
        }

        if (await http.Request.TryReadAsync(RestJson.Default.JitRequest) is not { } request)
        {
            return RestError.UnreadableBody;
        }

        var scope = RunnerScope.Of(http.Request.RouteValues);
        if (Problem(request, groups, scope) is { } problem)
        {
            return RestError.Of(422, $"Invalid request.\n\n{problem}");
        }

        if (jit.Register(scope, request.Name ?? string.Empty, request.Labels, request.WorkFolder, request.RunnerGroupId ?? RunnerGroups.Default) is not var (runner, config))
        {
            return RestError.Of(409, $"Already exists - A runner with the name {request.Name} already exists.");
        }

        return TypedResults.Json(
            new JitResponse(RunnerEndpoints.Body(runner, sessions, board), config.Encode()),
            RestJson.Default.JitResponse,
            statusCode: StatusCodes.Status201Created);
    }

    private static string? Problem(JitRequest request, RunnerGroups groups, string scope) => request switch
    {
        { Name: null or "" } => "\"name\" wasn't supplied.",
        { Name.Length: > MaxNameLength } => $"\"name\" has more than {MaxNameLength} characters.",
        { RunnerGroupId: null } => "\"runner_group_id\" wasn't supplied.",
        { RunnerGroupId: { } group } when groups.Find(scope, group) is null => $"There is no runner group {request.RunnerGroupId}.",
        { Labels.Length: 0 or > MaxLabels } => $"\"labels\" must hold 1 to {MaxLabels} labels.",
        _ => request.Labels.Any(string.IsNullOrWhiteSpace) ? "A label must not be empty." : null,
    };
}
