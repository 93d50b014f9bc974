using Prometheus;

namespace Runner.Agent.Monitoring;

/// <summary>The agent itself: its version, whether it is ready, its loops, its process.</summary>
internal static class ProcessMetrics
{
    /// <summary>Adds them to a registry; they are read when somebody asks for them.</summary>
    public static void AddTo(CollectorRegistry registry, AgentHealth health)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        factory.CreateGauge("runner_build_info", "1; the label tells the version.", "version").WithLabels(AgentVersion.Text).Set(1);
        var ready = factory.CreateGauge("runner_ready", "1 while the agent takes jobs of every pool; /readyz says why it does not.");
        var failures = factory.CreateCounter("runner_loop_failures_total", "Turns of a backend's loop that failed: the watch on pods was cut off, a Lease not renewed.", "loop");
        registry.AddBeforeCollectCallback(() =>
        {
            ready.Set(health.NotReady().Count == 0 ? 1 : 0);
            foreach (var pulse in health.Pulses)
            {
                failures.WithLabels(pulse.Name).IncTo(pulse.Failures);
            }
        });
        DotNetStats.Register(registry);
    }
}
