using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Runner.Emulator.Jobs;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;

namespace Runner.Emulator.Rest;

/// <summary>Says whether a REST call may do what it asks.</summary>
internal sealed class RestCaller(EmulatorOptions options, TokenIssuer tokens, JobCallers jobs)
{
    /// <summary>Lets in the PAT and installation tokens; <c>null</c>: the call may go on.</summary>
    public IResult? RefuseAdministrator(HttpContext http) => Refuse(http, scope: null, []);

    /// <summary>Lets in the PAT, installation tokens and those of jobs that run.</summary>
    public IResult? RefuseReader(HttpContext http) =>
        tokens.Read(RequestToken.Of(http.Request)) is { Kind: TokenKind.Repository } claims
            ? (jobs.IsRunning(claims.Subject) ? null : RestError.BadCredentials)
            : RefuseAdministrator(http);

    /// <summary>Lets in the PAT, installation tokens and, for a runner's own calls, tokens of the kinds given that are for the scope.</summary>
    public IResult? Refuse(HttpContext http, string? scope, params ReadOnlySpan<TokenKind> kinds)
    {
        var token = RequestToken.Of(http.Request);
        if (token is null)
        {
            return RestError.Of(401, "Requires authentication");
        }

        if (IsPersonal(token))
        {
            return null;
        }

        return tokens.Read(token) switch
        {
            null => RestError.BadCredentials,
            { Kind: TokenKind.Installation } => null,
            var claims when kinds.Contains(claims.Kind) && RunnerScope.AreSame(claims.Subject, scope ?? string.Empty) => null,
            _ => RestError.Of(403, "Resource not accessible by this token: it is of another kind or for another organization or repository."),
        };
    }

    private bool IsPersonal(string token) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(options.PersonalAccessToken.Reveal()));
}
