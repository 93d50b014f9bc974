using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Launch;
using Runner.Worker.Hosting;

namespace Runner.Worker.Actions;

/// <summary>Actions as a service of GitHub's resolves them, downloaded from where it says.</summary>
internal sealed class LaunchActionSource(
    Func<ResolveActionsRequest, CancellationToken, Task<ResolveActionsResponse>> resolve, ArchiveClient archives, JobMessage job, RetryPipeline retry) : IActionSource
{
    private const string BearerFeature = "actions_use_bearer_token_for_codeload";

    // Names the pauses away: a test of GitHub's runner has it, and so have ours.
    private const string NoPauseVariable = "_GITHUB_ACTION_DOWNLOAD_NO_BACKOFF";

    /// <summary>Actions by the launch service.</summary>
    public static LaunchActionSource Create(HttpClient http, Uri launch, Secret token, JobMessage job, WorkerHost host) =>
        Create(new LaunchClient(http, launch, new FixedToken(token), job.Plan.PlanId, job.JobId, host.Time).ResolveAsync, http, job, host);

    /// <summary>Three tries each, 10 to 30 s apart.</summary>
    public static LaunchActionSource Create(
        Func<ResolveActionsRequest, CancellationToken, Task<ResolveActionsResponse>> resolve, HttpClient http, JobMessage job, WorkerHost host)
    {
        var hasPauses = !host.Environment.ContainsKey(NoPauseVariable);
        var options = new RetryOptions
        {
            MaxRetries = 2,
            FirstDelay = hasPauses ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
            MaxDelay = TimeSpan.FromSeconds(30),
        };
        return new LaunchActionSource(
            resolve,
            new ArchiveClient(http, host.Time),
            job,
            new RetryPipeline(options, host.Time, host.Loggers.CreateLogger<LaunchActionSource>()));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ResolvedAction>> ResolveAsync(
        IReadOnlyList<RepositoryAction> actions, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        var request = new ResolveActionsRequest
        {
            Actions = [.. actions.Select(action => new ActionToResolve { Action = action.Name, Version = action.Ref, Path = action.Path })],
            Dependencies = job.Dependencies.Count == 0 ? null : job.Dependencies,
        };
        try
        {
            return await retry.ExecuteAsync(
                token => WarnAsync("Failed to resolve action download info.", feedback, () => ResolveAsync(request, actions, feedback, token)),
                cancellationToken);
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.ActionNotResolved)
        {
            throw new WorkflowException(refusal.Message, refusal);
        }
        catch (ProtocolException refusal)
        {
            throw new InfrastructureException($"Failed to resolve action download info. Error: {refusal.Message}", refusal);
        }
    }

    /// <inheritdoc/>
    public async Task FetchAsync(ResolvedAction action, string file, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        var address = action.Archive ?? throw new InfrastructureException($"GitHub gave no address for the archive of '{action.Action.Key}'");
        try
        {
            await retry.ExecuteAsync(
                token => WarnAsync($"Failed to download action '{address.GetLeftPart(UriPartial.Path)}'.", feedback, async () =>
                {
                    await archives.DownloadAsync(address, Authorization(action, address, feedback), file, token);
                    return true;
                }),
                cancellationToken);
        }
        catch (ProtocolException refusal)
        {
            var reason = refusal.Kind == ProtocolErrorKind.ArchiveNotFound ? "it was not found" : "access is denied";
            throw new WorkflowException($"The action '{action.Action.Key}' cannot be downloaded: {reason} ({refusal.Message})", refusal);
        }
    }

    private async Task<IReadOnlyList<ResolvedAction>> ResolveAsync(
        ResolveActionsRequest request, IReadOnlyList<RepositoryAction> actions, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        var response = await resolve(request, cancellationToken);
        return [.. actions.Select(action => Read(action, response, feedback))];
    }

    private ResolvedAction Read(RepositoryAction action, ResolveActionsResponse response, IActionFeedback feedback)
    {
        if (!response.Actions.TryGetValue(action.Key, out var found) || found is not { ResolvedSha: { Length: > 0 } sha })
        {
            throw new InfrastructureException($"GitHub gave no commit for '{action.Key}'");
        }

        var token = found.Authentication?.Token is { Length: > 0 } own ? own : job.Variable(JobVariables.GitHubToken);
        feedback.Mask(token ?? string.Empty);
        return new ResolvedAction
        {
            Action = action,
            ResolvedName = found.ResolvedName is { Length: > 0 } name ? name : action.Name,
            Sha = sha,
            Archive = Uri.TryCreate(found.TarUrl, UriKind.Absolute, out var address) ? address : null,
            Token = string.IsNullOrEmpty(token) ? null : new Secret(token),
            Package = found.PackageDetails is { Version: { } version, ManifestDigest: { } digest } ? new ActionPackage(version, digest) : null,
        };
    }

    private AuthenticationHeaderValue? Authorization(ResolvedAction action, Uri address, IActionFeedback feedback)
    {
        if (action.Token is not { } token)
        {
            return null;
        }

        var isCodeload = address.Host.StartsWith("codeload.", StringComparison.OrdinalIgnoreCase)
            || address.AbsolutePath.StartsWith("/_codeload/", StringComparison.OrdinalIgnoreCase);
        if (isCodeload && job.IsFeatureOn(BearerFeature))
        {
            return new AuthenticationHeaderValue("Bearer", token.Reveal());
        }

        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{token.Reveal()}"));
        feedback.Mask(basic);
        return new AuthenticationHeaderValue("Basic", basic);
    }

    private static async Task<T> WarnAsync<T>(string failure, IActionFeedback feedback, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (InfrastructureException error)
        {
            feedback.Warn($"{failure} Error: {error.Message}");
            throw;
        }
    }
}
