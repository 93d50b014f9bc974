using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Runner.Jobs;

namespace Runner.Emulator.Tokens;

/// <summary>Reads the token of a request and says what it is.</summary>
internal static class RequestToken
{
    /// <summary>The token that a request carries, whatever the scheme; <c>null</c> where it carries none.</summary>
    /// <remarks><c>Basic</c> stands for <c>user:token</c>: GitHub's runner sends its PAT that way (<c>registration.md</c> section 2.1).</remarks>
    public static string? Of(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header.Parameter is not { } parameter)
        {
            return null;
        }

        return header.Scheme.ToUpperInvariant() switch
        {
            "BEARER" or "TOKEN" or "REMOTEAUTH" => parameter,
            "BASIC" => AfterColon(parameter),
            _ => null,
        };
    }

    /// <summary>The runner whose access token a request carries, or <c>null</c>.</summary>
    public static int? RunnerOf(this TokenIssuer tokens, HttpRequest request) =>
        tokens.Read(Of(request)) is { Kind: TokenKind.Runner } claims
        && int.TryParse(claims.Subject, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    /// <summary>Whether a request carries the own token of a job.</summary>
    public static bool IsJob(this TokenIssuer tokens, HttpRequest request, PlanId plan, JobId job) =>
        tokens.Read(Of(request))?.IsFor(plan, job) == true;

    private static string? AfterColon(string basic)
    {
        var buffer = new byte[basic.Length];
        if (!Convert.TryFromBase64String(basic, buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[(colon + 1)..] : null;
    }
}
