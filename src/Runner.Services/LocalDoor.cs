using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Runner.Services;

/// <summary>
/// Stands before a server of this machine and lets no web page in: a browser sends what a page wants to <c>127.0.0.1</c> too, and a page's own name may come to stand
/// for that address (DNS rebinding). Programs name no origin and come under a name of the server.
/// </summary>
public static class LocalDoor
{
    /// <summary>
    /// Refuses requests for hosts that are none of the server's, and those of web pages, with 403. An IP address is always let in, for no page is served under one
    /// that is not its server's; so are <c>localhost</c> and what is below it, and this machine's own name.
    /// </summary>
    /// <param name="app">The server.</param>
    /// <param name="isOwn">Further host names that it is reached by.</param>
    public static void UseLocalDoor(this IApplicationBuilder app, Func<string, bool> isOwn)
    {
        ArgumentNullException.ThrowIfNull(isOwn);
        app.Use((http, next) => Refusal(http.Request, isOwn) is { } refusal ? RefuseAsync(http, refusal) : next(http));
    }

    private static string? Refusal(HttpRequest request, Func<string, bool> isOwn)
    {
        var host = request.Host;
        if (!host.HasValue || !IsName(host.Host, isOwn))
        {
            return $"This server does not answer for the host '{host.Value}'. If that is a name of this machine that clients shall use, start the server with it as its public address.";
        }

        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site and not ("same-origin" or "none"))
        {
            return $"This server takes no requests of web pages (Sec-Fetch-Site: {site}).";
        }

        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && Uri.TryCreate($"{page.Scheme}://{host}", UriKind.Absolute, out var own)
                && page.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase))
            ? $"This server takes no requests of web pages (Origin: {origin})."
            : null;
    }

    private static bool IsName(string host, Func<string, bool> isOwn)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(name, out _)
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase)
            || isOwn(name);
    }

    private static Task RefuseAsync(HttpContext http, string refusal)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{refusal}\n"), http.RequestAborted);
    }
}
