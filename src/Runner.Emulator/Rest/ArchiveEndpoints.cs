using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Actions;
using Runner.Emulator.Options;
using Runner.Emulator.Tokens;
using Runner.Services.Repositories;

namespace Runner.Emulator.Rest;

/// <summary>
/// Archives of repositories, in GitHub's two steps: the REST API redirects to <c>codeload</c>, whose address carries a token of its
/// own, because clients drop <c>Authorization</c> on a redirect (<c>actions-download.md</c> section 3).
/// </summary>
internal static class ArchiveEndpoints
{
    private const string Codeload = "_codeload";

    private static readonly TimeSpan AddressLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The REST routes.</summary>
    public static void MapArchives(this IEndpointRouteBuilder api)
    {
        api.MapGet("/repos/{owner}/{repo}/tarball/{**version}", RedirectAsync);
        api.MapGet("/repos/{owner}/{repo}/zipball/{**version}", RedirectAsync);
    }

    /// <summary>The routes that send bytes.</summary>
    public static void MapCodeload(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/{Codeload}/{{owner}}/{{repo}}/legacy.tar.gz/{{commit}}", SendAsync);
        routes.MapGet($"/{Codeload}/{{owner}}/{{repo}}/legacy.zip/{{commit}}", SendAsync);
    }

    private static async Task<IResult> RedirectAsync(
        HttpContext http, RestCaller caller, ActionRepositories repositories, TokenIssuer tokens, EmulatorAddress address,
        string owner, string repo, string version)
    {
        if (caller.RefuseReader(http) is { } refusal)
        {
            return refusal;
        }

        if (repositories.Find($"{owner}/{repo}") is not { } repository
            || await repository.ResolveAsync(version, http.RequestAborted) is not { Commit: { } commit })
        {
            return RestError.NotFound;
        }

        var format = http.Request.Path.Value?.Contains("/zipball/", StringComparison.OrdinalIgnoreCase) == true ? "zip" : "tar.gz";
        var path = $"{Codeload}/{repository.Name}/legacy.{format}/{commit}";
        var (token, _) = tokens.Issue(TokenKind.Archive, path, AddressLifetime);
        return TypedResults.Redirect($"{new Uri(address.Root, path)}?token={token}");
    }

    private static async Task<IResult> SendAsync(
        HttpContext http, ActionRepositories repositories, TokenIssuer tokens, string owner, string repo, string commit)
    {
        var path = http.Request.Path.Value?.TrimStart('/');
        if (tokens.Read(http.Request.Query["token"]) is not { Kind: TokenKind.Archive } claims
            || claims.Subject != path
            || repositories.Find($"{owner}/{repo}") is not { } repository)
        {
            return RestError.NotFound; // as GitHub hides what a token does not open
        }

        var kind = path.Contains("/legacy.zip/", StringComparison.Ordinal) ? ArchiveKind.Zip : ArchiveKind.TarGz;
        var (media, ending) = kind == ArchiveKind.Zip ? ("application/zip", "zip") : ("application/x-gzip", "tar.gz");
        var topLevel = $"{repository.Name.Replace('/', '-')}-{commit[..Math.Min(7, commit.Length)]}";
        return TypedResults.Stream(
            output => repository.WriteArchiveAsync(commit, kind, topLevel, output, http.RequestAborted), media, $"{topLevel}.{ending}");
    }
}
