using Prometheus;

namespace Runner.Agent.Monitoring;

/// <summary>What waits at GitHub. A pool whose queue is not known has no series: 0 would be taken for an empty one.</summary>
internal sealed class QueueMetrics(MetricFactory factory)
{
    private readonly Gauge _queued = factory.CreateGauge(
        "runner_github_queued_jobs", "Jobs that wait at GitHub for the pool; absent where that is not known.", "pool");

    private readonly Gauge _wanted = factory.CreateGauge(
        "runner_wanted_jobs", "Jobs that there should be places for: those that wait at GitHub, and those that all agents have; absent where that is not known.", "pool");

    /// <summary>Shows what is known of a pool; <c>null</c>: nothing.</summary>
    public void Show(string pool, int? queued, int? wanted)
    {
        Show(_queued, pool, queued);
        Show(_wanted, pool, wanted);
    }

    private static void Show(Gauge gauge, string pool, int? value)
    {
        if (value is { } known)
        {
            gauge.WithLabels(pool).Set(known);
        }
        else
        {
            gauge.RemoveLabelled(pool);
        }
    }
}
