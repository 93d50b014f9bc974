using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Runner.Agent.Hosting;

/// <summary>An agent that runs in this process.</summary>
public sealed class RunningAgent : IAsyncDisposable
{
    private readonly IHost _host;

    internal RunningAgent(IHost host, Uri? monitoring, Uri? page)
    {
        Page = page;
        _host = host;
        Monitoring = monitoring;
    }

    /// <summary>Where health and metrics are served on this machine, or <c>null</c> where they are not.</summary>
    public Uri? Monitoring { get; }

    /// <summary>Where the page is served on this machine, or <c>null</c> where it is not.</summary>
    public Uri? Page { get; }

    /// <summary>Waits until the process is told to end (SIGTERM, Ctrl-C) or the token fires, then stops as <see cref="StopAsync"/> does.</summary>
    /// <exception cref="Exception">A loop of the agent failed: a bug.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _host.WaitForShutdownAsync(cancellationToken);
        var failures = _host.Services.GetServices<IHostedService>()
            .OfType<BackgroundService>()
            .Select(service => service.ExecuteTask?.Exception)
            .OfType<AggregateException>()
            .ToList();
        if (failures.Count > 0)
        {
            throw new AggregateException("A loop of the agent failed: this is a bug", failures);
        }
    }

    /// <summary>Stops taking jobs, waits for those that run as long as the settings say, and leaves the others to a successor.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    /// <summary>Lets go of everything.</summary>
    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
