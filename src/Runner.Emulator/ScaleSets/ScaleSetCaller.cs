using System.Globalization;
using Microsoft.AspNetCore.Http;
using Runner.Emulator.Options;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.ScaleSets;

/// <summary>Says who calls, and makes the tokens of queues.</summary>
internal sealed class ScaleSetCaller(TokenIssuer tokens, ScaleSetBoard board, EmulatorOptions options)
{
    /// <summary>The scope that the caller administers, or <c>null</c>.</summary>
    public string? ScopeOf(HttpContext http) =>
        tokens.Read(RequestToken.Of(http.Request)) is { Kind: TokenKind.Admin } claims ? claims.Subject : null;

    /// <summary>The set whose living session calls, or <c>null</c>.</summary>
    public int? SetOf(HttpContext http) =>
        tokens.Read(RequestToken.Of(http.Request)) is { Kind: TokenKind.ScaleSetQueue } claims
        && claims.Subject.Split('/') is [var set, var session]
        && int.TryParse(set, CultureInfo.InvariantCulture, out var id)
        && Guid.TryParse(session, out var named)
        && board.SessionOf(id)?.Id == named
            ? id
            : null;

    /// <summary>A token for the queue.</summary>
    public string NewToken(int set, Guid session) =>
        tokens.Issue(TokenKind.ScaleSetQueue, string.Create(CultureInfo.InvariantCulture, $"{set}/{session:D}"), options.ScaleSetTokenDuration).Token;
}
