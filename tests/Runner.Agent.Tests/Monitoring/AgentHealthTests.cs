using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Backends;

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
    public void Pool_that_never_began_is_not_ready()
    {
        _health.Expect("a", () => null);

        Assert.Equal(["pool a: no session with GitHub"], _health.NotReady());
    }

    [Fact]
    public void Pool_says_why_it_has_no_session()
    {
        var slot = _health.Watch("slot a/1", "a");
        slot.Fail("GitHub refused the credentials");
        var before = _health.NotReady();
        slot.Turn(isReady: true);

        Assert.Equal(["pool a: no session with GitHub: GitHub refused the credentials"], before);
        Assert.Empty(_health.NotReady());
    }

    [Fact]
    public void What_all_pools_need_and_a_pool_that_takes_no_jobs_are_told()
    {
        _health.Watch("slot a/1", "a").Turn(isReady: true);
        _health.Expect("a", () => "exceeded quota");
        _health.Obstruct("cluster", "you may not list pods");

        Assert.Equal(["cluster: you may not list pods", "pool a: takes no jobs, as none can be started: exceeded quota"], _health.NotReady());
        _health.Obstruct("cluster", why: null);
        Assert.Single(_health.NotReady());
    }

    [Fact]
    public void Loops_of_the_backend_are_watched_too()
    {
        var pulse = new LoopPulse("watch on pods", TimeSpan.FromMinutes(1), _time);
        _health.Watch(new LoopingBackend(pulse));
        pulse.Fail("401");
        var failing = _health.NotReady();
        pulse.Turn();
        var ready = _health.NotReady();
        _time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(["watch on pods: 401"], failing);
        Assert.Empty(ready);
        Assert.Equal(["watch on pods: no turn for 360 s"], _health.Stuck());
    }

    private sealed class LoopingBackend(LoopPulse pulse) : IJobBackend
    {
        public string Name => "test";

        public IReadOnlyList<LoopPulse> Loops => [pulse];

        public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
