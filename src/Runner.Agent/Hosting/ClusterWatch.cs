using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.Jobs.Errors;
using Runner.Kubernetes;
using Runner.Kubernetes.Client;

namespace Runner.Agent.Hosting;

/// <summary>
/// Checks that jobs can run in the cluster, then holds the watch on job pods and this agent's Lease as long as the agent runs. A cluster
/// that is away, or does not let us, is waited for; until then the agent is not ready.
/// </summary>
internal sealed class ClusterWatch(
    ClusterConnection connection, KubernetesBackend backend, AgentHealth health, SupervisionOptions options, TimeProvider time, ILogger<ClusterWatch> logger)
    : BackgroundService
{
    private const string Obstacle = "cluster";

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        health.Obstruct(Obstacle, "not checked yet");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loop = health.Watch("cluster", pool: null);
        for (var failures = 1; ; failures++)
        {
            loop.Turn(isReady: true);
            TimeSpan pause;
            try
            {
                await ClusterCheck.RunAsync(connection, stoppingToken);
                health.Obstruct(Obstacle, why: null);
                loop.Park(); // the loops inside say themselves how they go
                await backend.RunAsync(stoppingToken);
                return;
            }
            catch (OperatorException error)
            {
                pause = RetryPauses.OfLoop(options, failures, error: null);
                health.Obstruct(Obstacle, error.Message);
                logger.ClusterUnusable(pause.TotalSeconds, error.Message);
            }
            catch (InfrastructureException error)
            {
                pause = RetryPauses.OfLoop(options, failures, error);
                health.Obstruct(Obstacle, error.Message);
                logger.ClusterUnreachable(pause.TotalSeconds, error.Message);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }
}
