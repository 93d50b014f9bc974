using Microsoft.AspNetCore.Http;

namespace Runner.Emulator.Results;

/// <summary>Errors of a Twirp service (twitchtv.github.io/twirp/docs/errors.html): a code, and the HTTP status that belongs to it.</summary>
/// <param name="Code">Twirp's code.</param>
/// <param name="Msg">For people.</param>
internal sealed record TwirpError(string Code, string Msg)
{
    public static IResult Unauthenticated() => Of(401, "unauthenticated", "the results service takes the token of a job");

    public static IResult Denied() => Of(403, "permission_denied", "the token is not that of the job named in the request");

    public static IResult Malformed(string message) => Of(400, "malformed", message);

    private static IResult Of(int status, string code, string message) =>
        TypedResults.Json(new TwirpError(code, message), FeedJson.Default.TwirpError, statusCode: status);
}
