using Runner.Execution.Hosting;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>The checkout as the launcher of a local run sends it.</summary>
internal sealed class LinkWorkspaceSource(LauncherLink link) : IWorkspaceSource
{
    /// <inheritdoc/>
    public async Task<bool> FetchAsync(string file, CancellationToken cancellationToken)
    {
        await using var archive = new FileStream(file, FileMode.Create, FileAccess.Write);
        return await link.AskAsync(new WorkspaceRequest(), archive, cancellationToken) switch
        {
            WorkspaceSent sent => !sent.IsInPlace,
            var other => throw LinkRefusal.Of(other),
        };
    }
}
