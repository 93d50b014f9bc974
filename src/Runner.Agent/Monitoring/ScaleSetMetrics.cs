using Prometheus;

namespace Runner.Agent.Monitoring;

/// <summary>What is known of the scale sets. A pool without one has none of these series.</summary>
internal sealed class ScaleSetMetrics(MetricFactory factory)
{
    private static readonly string[] States = ["available", "assigned", "running"];

    private readonly Gauge _jobs = factory.CreateGauge(
        "runner_scaleset_jobs", "Jobs of the pool's scale set as GitHub counts them: available, assigned, running.", "pool", "state");

    private readonly Gauge _session = factory.CreateGauge("runner_scaleset_session", "1 while this agent holds the session of the pool's scale set.", "pool");

    private readonly Gauge _capacity = factory.CreateGauge(
        "runner_scaleset_capacity_jobs", "Most jobs that GitHub was told to assign to the pool's scale set.", "pool");

    private readonly Histogram _waits = factory.CreateHistogram(
        "runner_job_wait_seconds",
        "Time from the moment when a job of the pool's scale set was queued at GitHub until a runner of ours had it.",
        ["pool"],
        new HistogramConfiguration { Buckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400] });

    /// <summary>This agent holds the session of a pool's scale set, or does not: then it knows nothing of its jobs.</summary>
    public void SetSession(string pool, bool isHeld)
    {
        _session.WithLabels(pool).Set(isHeld ? 1 : 0);
        if (!isHeld)
        {
            _capacity.RemoveLabelled(pool);
            Array.ForEach(States, state => _jobs.RemoveLabelled(pool, state));
        }
    }

    /// <summary>GitHub was told how many jobs a pool's scale set may have.</summary>
    public void SetCapacity(string pool, int capacity) => _capacity.WithLabels(pool).Set(capacity);

    /// <summary>GitHub counted the jobs of a pool's scale set.</summary>
    public void SetJobs(string pool, int available, int assigned, int running)
    {
        int[] counts = [available, assigned, running];
        foreach (var (state, count) in States.Zip(counts))
        {
            _jobs.WithLabels(pool, state).Set(count);
        }
    }

    /// <summary>A job that had been queued got its runner.</summary>
    public void Waited(string pool, TimeSpan time) => _waits.WithLabels(pool).Observe(Math.Max(0, time.TotalSeconds));
}
