using Runner.Execution.Hosting;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>Logs of the job's services as its launcher reads them.</summary>
internal sealed class LinkServiceLogs(LauncherLink link) : IServiceLogs
{
    /// <inheritdoc/>
    public async Task WriteAsync(string container, IContainerOutput output, CancellationToken cancellationToken)
    {
        await using var sink = new ContainerOutputStream(output);
        var answer = await link.AskAsync(new ServiceLogRequest { Container = container }, sink, cancellationToken);
        if (answer is not RequestDone)
        {
            throw LinkRefusal.Of(answer);
        }
    }
}
