using Microsoft.AspNetCore.Http;

namespace Runner.Emulator;

/// <summary>
/// The emulator's own API takes no token, so it takes JSON alone: what a web page can send without asking is a form or a text. <see cref="Services.LocalDoor"/> stands
/// before it and has turned the browsers away that say what they are.
/// </summary>
internal sealed class OwnApiGuard(RequestDelegate next)
{
    private const string Prefix = "/emulator";

    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (!request.Path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase)
            || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsDelete(request.Method)
            || request.HasJsonContentType())
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return http.Response.WriteAsync("Content-Type must be application/json.\n", http.RequestAborted);
    }
}
