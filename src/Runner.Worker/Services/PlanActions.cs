using Runner.Protocol.Launch;
using Runner.Protocol.Tenant;

namespace Runner.Worker.Services;

/// <summary>Resolves actions by the job's plan (<c>actions-download.md</c> section 2.2), in the words of the launch service.</summary>
internal sealed class PlanActions(PlanClient plan)
{
    /// <summary>Finds the commits of actions.</summary>
    public async Task<ResolveActionsResponse> ResolveAsync(ResolveActionsRequest request, CancellationToken cancellationToken)
    {
        var asked = new ActionReferences
        {
            Actions = [.. request.Actions.Select(action => new ActionReference { NameWithOwner = action.Action, Ref = action.Version, Path = action.Path })],
        };
        var found = await plan.FindActionsAsync(asked, cancellationToken);
        return new ResolveActionsResponse
        {
            Actions = (found.Actions ?? new Dictionary<string, TenantActionDownload>()).ToDictionary(action => action.Key, action => Read(action.Value)),
        };
    }

    private static ActionDownload Read(TenantActionDownload download) => new()
    {
        Name = download.NameWithOwner,
        ResolvedName = download.ResolvedNameWithOwner,
        ResolvedSha = download.ResolvedSha,
        Version = download.Ref,
        TarUrl = download.TarballUrl,
        ZipUrl = download.ZipballUrl,
        Authentication = download.Authentication is { Token: { Length: > 0 } token } ? new ActionDownloadToken { Token = token } : null,
    };
}
