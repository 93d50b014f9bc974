using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Sources;

namespace Runner.Agent.Tests.Sources;

public sealed class PoolTroublesTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Trouble_of_a_hundred_slots_is_told_once_a_round_and_pool()
    {
        var troubles = new PoolTroubles(_time);
        var told = new List<string>();
        for (var second = 0; second < 60; second++)
        {
            for (var slot = 0; slot < 100 && second % 15 == 0; slot++)
            {
                foreach (var pool in new[] { "a", "b" })
                {
                    if (troubles.IsNews(pool, "Polling", Pause, out var untold))
                    {
                        told.Add($"{second} {pool} {untold}");
                    }
                }
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["0 a 0", "0 b 0", "15 a 99", "15 b 99", "30 a 99", "30 b 99", "45 a 99", "45 b 99"], told);
    }

    [Fact]
    public void Another_trouble_of_the_pool_is_told_at_once()
    {
        var troubles = new PoolTroubles(_time);

        Assert.True(troubles.IsNews("a", "Polling", Pause, out _));
        Assert.True(troubles.IsNews("a", "Waiting for a job", Pause, out _));
        Assert.False(troubles.IsNews("a", "Polling", Pause, out _));
    }
}
