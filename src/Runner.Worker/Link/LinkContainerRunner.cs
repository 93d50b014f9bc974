using Runner.Execution.Hosting;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>Containers beside the job as its launcher runs them.</summary>
internal sealed class LinkContainerRunner(LauncherLink link) : IContainerRunner
{
    /// <inheritdoc/>
    public async Task<ContainerEnded> RunAsync(ContainerRequest request, IContainerOutput output, CancellationToken cancellationToken)
    {
        await using var sink = new ContainerOutputStream(output);
        return await link.AskAsync(request, sink, cancellationToken) switch
        {
            ContainerEnded ended => ended,
            var other => throw LinkRefusal.Of(other),
        };
    }
}
