using Runner.Execution.Hosting;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>The checkout as the launcher of a local run sends it.</summary>
internal sealed class LinkWorkspaceSource(LauncherLink link) : IWorkspaceSource
{
    /// <inheritdoc/>
    public async Task FetchAsync(string file, CancellationToken cancellationToken)
    {
        await using var archive = new FileStream(file, FileMode.Create, FileAccess.Write);
        if (await link.AskAsync(new WorkspaceRequest(), archive, cancellationToken) is not WorkspaceSent and var other)
        {
            throw LinkRefusal.Of(other);
        }
    }
}
