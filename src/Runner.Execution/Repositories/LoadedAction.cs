using Runner.Execution.Hosting;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Repositories;

/// <summary>An action on disk, its manifest read.</summary>
/// <param name="Manifest">The manifest. An action that is a Dockerfile alone has one made for it.</param>
/// <param name="Folder">Folder of the action, absolute: <c>github.action_path</c>.</param>
/// <param name="Root">Folder of its repository, absolute; for a local action the workspace.</param>
/// <param name="Repository">The repository it came from, or <c>null</c>: a local action.</param>
internal sealed record LoadedAction(ActionManifest Manifest, string Folder, string Root, RepositoryAction? Repository)
{
    /// <summary>How it runs.</summary>
    public ActionRuns Runs => Manifest.Runs;

    /// <summary>Whether it was read from the workspace.</summary>
    public bool IsLocal => Repository is null;
}
