using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Supervision;
using Runner.Jobs.Errors;
using Runner.Kubernetes;

namespace Runner.Agent.Hosting;

/// <summary>Holds the watch on job pods and this agent's Lease as long as the agent runs. A cluster that is away is waited for.</summary>
internal sealed class ClusterWatch(KubernetesBackend backend, SupervisionOptions options, TimeProvider time, ILogger<ClusterWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await backend.RunAsync(stoppingToken);
                return;
            }
            catch (InfrastructureException error)
            {
                var pause = RetryPauses.OfLoop(options, failures, error);
                logger.ClusterUnreachable(pause.TotalSeconds, error.Message);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
    }
}
