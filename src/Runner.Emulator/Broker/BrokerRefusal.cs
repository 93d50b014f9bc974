using Microsoft.AspNetCore.Http;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Broker;

/// <summary>Refusals of the broker (<c>sessions-and-messages.md</c> section 3.3).</summary>
internal static class BrokerRefusal
{
    public static IResult NoToken { get; } =
        Of(401, "Unauthorized", "The broker takes the access token of a runner, and this is none or has expired.");

    public static IResult RunnerNotFound { get; } =
        Of(404, BrokerErrorKinds.RunnerNotFound, "The runner is not registered: it was deleted, or was ephemeral and has run its job.");

    // Not 401: GitHub's runner reads no body then.
    public static IResult SessionInvalid { get; } =
        Of(400, BrokerErrorKinds.RunnerSessionInvalid, "The session has expired or is not this runner's.");

    public static IResult SessionConflict { get; } =
        Of(409, "SessionConflict", "The runner has a session already: another process runs under its name.");

    public static IResult JobNotFound { get; } =
        Of(404, BrokerErrorKinds.AcknowledgeJobNotFound, "The job is no longer offered to this runner.");

    private static IResult Of(int status, string kind, string message) => TypedResults.Json(
        new BrokerErrorBody { Source = BrokerErrorBody.BrokerSource, ErrorKind = kind, StatusCode = status, ErrorMessage = message },
        BrokerJson.Default.BrokerErrorBody,
        statusCode: status);
}
