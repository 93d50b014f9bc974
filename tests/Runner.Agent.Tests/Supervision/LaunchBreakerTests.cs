using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;

namespace Runner.Agent.Tests.Supervision;

public sealed class LaunchBreakerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LaunchBreaker _breaker;

    public LaunchBreakerTests() => _breaker = new LaunchBreaker("test", new AgentMetrics(), _time, NullLogger.Instance);

    public void Dispose() => _breaker.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Failures_that_are_not_in_a_row_do_not_open_it()
    {
        for (var i = 0; i < 20; i++)
        {
            Fail(LaunchBreaker.Threshold - 1);
            _breaker.Succeed();
        }

        Assert.False(await _breaker.EnterAsync(Token));
        Assert.Null(_breaker.Obstacle);
    }

    [Fact(Timeout = 30_000)]
    public async Task Failures_in_a_row_open_it_and_the_first_success_closes_it()
    {
        var opening = _breaker.Opening;
        Fail(LaunchBreaker.Threshold);
        var first = _breaker.EnterAsync(Token);
        var second = _breaker.EnterAsync(Token);
        var waited = !first.IsCompleted && !second.IsCompleted;
        var obstacle = _breaker.Obstacle;

        _breaker.Succeed();

        Assert.All(await Task.WhenAll(first, second), Assert.False);
        Assert.True(waited);
        Assert.True(opening.IsCancellationRequested);
        Assert.False(_breaker.Opening.IsCancellationRequested);
        Assert.Equal(("no room", null), (obstacle, _breaker.Obstacle));
    }

    [Fact(Timeout = 30_000)]
    public async Task After_a_pause_one_job_alone_finds_out_and_a_failure_doubles_the_pause()
    {
        Fail(LaunchBreaker.Threshold);
        var first = _breaker.EnterAsync(Token);
        var second = _breaker.EnterAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(30));
        var isProbe = await await Task.WhenAny(first, second);
        var other = first.IsCompleted ? second : first;
        Fail(1); // the probe's launch
        _breaker.EndProbe();
        var waited = TimeSpan.Zero;
        for (var step = TimeSpan.FromSeconds(1); !other.IsCompleted; waited += step)
        {
            _time.Advance(step); // small, as the clock does not wait for who is about to look at it
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
        }

        Assert.True(isProbe);
        Assert.True(await other);
        Assert.True(waited >= TimeSpan.FromSeconds(60), $"another one was let in after {waited.TotalSeconds:0} s");
    }

    [Fact(Timeout = 30_000)]
    public async Task No_further_job_is_taken_to_find_out_while_one_that_was_taken_tries_again()
    {
        using (_breaker.Wait())
        {
            Fail(LaunchBreaker.Threshold);
            var entering = _breaker.EnterAsync(Token);
            _time.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
            Assert.False(entering.IsCompleted);
            _breaker.Succeed();
            Assert.False(await entering);
        }
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Fail("no room");
        }
    }
}
