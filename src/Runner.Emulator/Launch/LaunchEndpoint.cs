using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Actions;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Jobs;
using Runner.Services.Repositories;

namespace Runner.Emulator.Launch;

/// <summary>Resolves actions to commits and archives (<c>actions-download.md</c> section 2.1).</summary>
internal static class LaunchEndpoint
{
    public static void MapLaunch(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/actions/build/{plan:guid}/jobs/{job:guid}/runnerresolve/actions", ResolveAsync);

    private static async Task<IResult> ResolveAsync(
        HttpContext http, JobCallers callers, JobConnection connection, ActionRepositories repositories, EmulatorAddress address, Guid plan, Guid job)
    {
        if (!callers.IsRunning(http.Request, new PlanId(plan), new JobId(job)))
        {
            return TypedResults.Unauthorized();
        }

        if (await http.Request.TryReadAsync(ResolveJson.Default.ResolveRequest) is not { } request)
        {
            return TypedResults.BadRequest();
        }

        var (token, expires) = connection.NewRepositoryToken(new JobId(job));
        var authentication = new ArchiveAuthentication(token, expires);
        var found = ImmutableSortedDictionary.CreateBuilder<string, ResolvedAction>(StringComparer.Ordinal);
        var errors = ImmutableSortedDictionary.CreateBuilder<string, ResolutionError>(StringComparer.Ordinal);
        foreach (var reference in request.Actions)
        {
            var (action, version) = (reference.Action, reference.Version);
            var repository = repositories.Find(action);
            var resolved = repository is null ? NoRepository(action, version) : await repository.ResolveAsync(version, http.RequestAborted);
            if (repository is not null && resolved.Commit is { } commit)
            {
                found[$"{action}@{version}"] = new ResolvedAction
                {
                    Name = action,
                    ResolvedName = repository.Name,
                    ResolvedSha = commit,
                    Version = version,
                    TarUrl = new Uri(address.Root, $"repos/{repository.Name}/tarball/{commit}").AbsoluteUri,
                    ZipUrl = new Uri(address.Root, $"repos/{repository.Name}/zipball/{commit}").AbsoluteUri,
                    Authentication = authentication,
                };
            }
            else
            {
                errors[$"{action}@{version}"] = new ResolutionError(resolved.Problem ?? string.Empty);
            }
        }

        return errors.Count > 0
            ? TypedResults.Json(new ResolutionErrors(errors.ToImmutable()), ResolveJson.Default.ResolutionErrors, statusCode: 422)
            : TypedResults.Json(new ResolveResponse(found.ToImmutable()), ResolveJson.Default.ResolveResponse);
    }

    private static ActionVersion NoRepository(string action, string version) => ActionVersion.Missing(
        $"Unable to resolve action `{action}@{version}`, repository not found. The emulator has only the repositories it was given: " +
        $"start it with --action {action}=PATH, or with --actions DIR and put the repository at DIR/{action}");
}
