using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Runner.Emulator.Rest;

/// <summary>Errors of GitHub's REST API, in GitHub's words where they are known.</summary>
internal static class RestError
{
    public static IResult BadCredentials { get; } = Of(401, "Bad credentials");

    public static IResult NotFound { get; } = Of(404, "Not Found");

    public static IResult UnreadableBody { get; } = Of(400, "Problems parsing JSON");

    public static IResult Of(int status, string message) => TypedResults.Json(
        new RestErrorBody(message, "https://docs.github.com/rest", status.ToString(CultureInfo.InvariantCulture)),
        RestJson.Default.RestErrorBody,
        statusCode: status);
}
