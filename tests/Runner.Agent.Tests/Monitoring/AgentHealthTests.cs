using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;

namespace Runner.Agent.Tests.Monitoring;

public sealed class AgentHealthTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AgentHealth _health;

    public AgentHealthTests() => _health = new AgentHealth(new SupervisionOptions(), _time);

    [Fact]
    public void Loop_that_does_not_turn_is_told()
    {
        var turning = _health.Watch("slot a/1", "a");
        _health.Watch("slot a/2", "a");
        _time.Advance(TimeSpan.FromMinutes(6));
        turning.Turn(isReady: true);

        Assert.Equal(["slot a/2: no turn for 360 s"], _health.Stuck());
    }

    [Fact]
    public void Loop_that_waits_for_a_job_to_end_is_alive()
    {
        _health.Watch("slot a/1", "a").Park();
        _time.Advance(TimeSpan.FromHours(6));

        Assert.Empty(_health.Stuck());
    }

    [Fact]
    public void Agent_is_ready_when_each_pool_has_a_session()
    {
        var first = _health.Watch("slot a/1", "a");
        _health.Watch("slot a/2", "a");
        _health.Watch("slot b/1", "b");
        first.Turn(isReady: true);

        Assert.Equal(["pool b: no session with GitHub"], _health.NotReady());
    }

    [Fact]
    public async Task Ten_thousand_jobs_make_no_more_series_than_ten()
    {
        var metrics = new AgentMetrics();
        metrics.PoolOpened("a", 10);
        for (var job = 0; job < 10_000; job++)
        {
            using (metrics.Queued("a"))
            {
                metrics.Ended("a", Jobs.Outcomes.Conclusion.Succeeded, "none", new Jobs.Launch.LaunchTimes { MessageSeen = _time.GetUtcNow(), FirstStep = _time.GetUtcNow() });
            }
        }

        using var stream = new MemoryStream();
        await metrics.Registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        var series = System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Count(line => line.Length > 0 && line[0] != '#');
        Assert.InRange(series, 4, 60);
    }
}
