using Runner.Agent.Monitoring;
using Runner.Jobs.Launch;

namespace Runner.Agent.Tests.Supervision;

public sealed class JobPhasesTests
{
    private static readonly DateTimeOffset Seen = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_phase_lasts_from_the_moment_before_it()
    {
        var durations = JobPhases.Durations(new LaunchTimes
        {
            MessageSeen = Seen,
            PodCreated = Seen.AddSeconds(1),
            Scheduled = Seen.AddSeconds(3),
            ContainersStarted = Seen.AddSeconds(6),
            FirstStep = Seen.AddSeconds(10),
        });

        Assert.Equal([("created", 1), ("scheduled", 2), ("containers_started", 3), ("first_step", 4), ("total", 10)], durations.Select(item => (item.Phase, (int)item.Duration.TotalSeconds)));
    }

    [Fact]
    public void Moments_that_are_not_known_are_left_out_and_clocks_that_differ_give_no_negative_time()
    {
        var durations = JobPhases.Durations(new LaunchTimes { MessageSeen = Seen, PodCreated = Seen.AddSeconds(-1), FirstStep = Seen.AddSeconds(2) });

        Assert.Equal([("created", 0), ("first_step", 3), ("total", 2)], durations.Select(item => (item.Phase, (int)item.Duration.TotalSeconds)));
    }

    [Fact]
    public void Line_tells_all_five_moments() => Assert.Equal(
        "seen=2026-03-01T12:00:00.000Z created=- scheduled=- containersStarted=- firstStep=2026-03-01T12:00:02.000Z",
        JobPhases.Describe(new LaunchTimes { MessageSeen = Seen, FirstStep = Seen.AddSeconds(2) }));
}
