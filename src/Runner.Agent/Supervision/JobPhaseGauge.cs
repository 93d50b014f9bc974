using Runner.Agent.Monitoring;

namespace Runner.Agent.Supervision;

/// <summary>Counts a job as waiting for its worker, then as running, until it is disposed.</summary>
internal sealed class JobPhaseGauge(AgentMetrics metrics, string pool) : IDisposable
{
    private IDisposable _tracked = metrics.Queued(pool);
    private bool _runs;

    /// <summary>The worker runs.</summary>
    public void Runs()
    {
        if (!_runs)
        {
            _runs = true;
            _tracked.Dispose();
            _tracked = metrics.Running(pool);
        }
    }

    public void Dispose() => _tracked.Dispose();
}
