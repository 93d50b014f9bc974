using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Json;

namespace Runner.Emulator.Faults;

/// <summary>Turns faults on and off.</summary>
internal static class FaultEndpoints
{
    /// <summary>Where. No fault hits it: whoever turned on one of everything must be able to turn it off.</summary>
    public const string Path = "/emulator/faults";

    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (FaultMiddleware faults) =>
            TypedResults.Json(faults.Active, FaultJson.Default.IReadOnlyListFault));
        routes.MapPost(Path, AddAsync);
        routes.MapDelete(Path, (FaultMiddleware faults) =>
        {
            faults.Clear();
            return TypedResults.NoContent();
        });
    }

    private static bool IsUsable(Fault fault) =>
        fault is { Status: 0 or (>= 200 and <= 599), RetryAfterSeconds: null or >= 0, Requests: null or >= 0, Seconds: null or (>= 0 and <= 1e6), DelayMilliseconds: >= 0 and <= 1e9, StallsAfter: null or >= 0 };

    private static async Task<IResult> AddAsync(HttpContext http, FaultMiddleware faults)
    {
        if (await http.Request.TryReadAsync(FaultJson.Default.Fault) is not { } fault || !IsUsable(fault))
        {
            return TypedResults.BadRequest("The body must be JSON: {\"prefix\": \"/twirp/\", \"status\": 500, \"requests\": 3} or with \"seconds\"; status 0 closes.");
        }

        faults.Add(fault);
        return TypedResults.Json(fault, FaultJson.Default.Fault, statusCode: StatusCodes.Status201Created);
    }
}
