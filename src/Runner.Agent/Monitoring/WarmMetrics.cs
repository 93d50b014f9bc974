using Prometheus;
using Runner.Backends;

namespace Runner.Agent.Monitoring;

/// <summary>Pods that wait for jobs, of the pools that have any.</summary>
internal static class WarmMetrics
{
    /// <summary>Adds them to a registry; they are read when somebody asks for them.</summary>
    public static void AddTo(CollectorRegistry registry, IReadOnlyCollection<string> pools, IJobBackend backend)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        var pods = factory.CreateGauge("runner_pool_warm_pods", "Pods of the pool that wait for jobs, by state: ready, starting.", "pool", "state");
        var jobs = factory.CreateCounter(
            "runner_pool_warm_jobs_total", "Jobs that such a pod would have fitted, by result: given one, or missed, as none was ready.", "pool", "result");
        registry.AddBeforeCollectCallback(() =>
        {
            foreach (var pool in pools)
            {
                if (backend.CountWarm(pool) is { } count)
                {
                    pods.WithLabels(pool, "ready").Set(count.Ready);
                    pods.WithLabels(pool, "starting").Set(count.Starting);
                    jobs.WithLabels(pool, "given").IncTo(count.Given);
                    jobs.WithLabels(pool, "missed").IncTo(count.Missed);
                }
            }
        });
    }
}
