using Runner.Execution.Hosting;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>Actions as the launcher of a local run resolves and sends them, so that tokens and local repositories stay with it.</summary>
internal sealed class LinkActionSource(LauncherLink link) : IActionSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ResolvedAction>> ResolveAsync(
        IReadOnlyList<RepositoryAction> actions, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        var request = new ResolveActionsRequest { Actions = [.. actions.Select(ToName)] };
        var resolved = await link.AskAsync(request, Stream.Null, cancellationToken) switch
        {
            ActionsResolved result when result.Actions.Length == actions.Count => result.Actions,
            var other => throw LinkRefusal.Of(other),
        };
        return [.. actions.Zip(resolved, (action, commit) => new ResolvedAction { Action = action, ResolvedName = commit.Repository, Sha = commit.Sha })];
    }

    /// <inheritdoc/>
    public async Task FetchAsync(ResolvedAction action, string file, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        await using var archive = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        var request = new ActionRequest { Action = ToName(action.Action), Sha = action.Sha };
        if (await link.AskAsync(request, archive, cancellationToken) is not RequestDone and var other)
        {
            throw LinkRefusal.Of(other);
        }
    }

    private static ActionName ToName(RepositoryAction action) => new() { Repository = action.Name, Ref = action.Ref, Path = action.Path };
}
