using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Worker.Locks;

namespace Runner.Worker.Tests.Locks;

public sealed class LockRenewalTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<DateTimeOffset> _calls = [];
    private readonly List<LockLoss> _losses = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task The_lock_is_renewed_from_the_start_and_every_minute()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var renewal = Renewal(() => _time.GetUtcNow() + TimeSpan.FromMinutes(10));
        var start = _time.GetUtcNow();

        var running = renewal.RunAsync(TimeSpan.Zero, over.Token);
        await AdvanceAsync(running, TimeSpan.FromMinutes(3.5));
        await over.CancelAsync();
        await running;

        Assert.Equal([0, 60, 120, 180], _calls.Select(call => (int)(call - start).TotalSeconds));
        Assert.True(renewal.IsHeld);
        Assert.Empty(_losses);
    }

    public static TheoryData<int?, int> Ages => new()
    {
        // acquired s ago  first renewal after s
        { 0,               60 },
        { 20,              40 },
        { 59,              1 },
        { 60,              0 },  // is it ours still?
        { 600,             0 },
        { -1,              0 },  // another clock
        { null,            0 },
    };

    [Theory, MemberData(nameof(Ages))]
    public void A_lock_is_renewed_at_once_unless_it_is_fresh(int? age, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected), LockRenewal.UntilFirst(age is { } seconds ? _time.GetUtcNow().AddSeconds(-seconds) : null, _time.GetUtcNow()));

    [Fact(Timeout = 30_000)]
    public async Task A_job_that_is_over_before_the_first_renewal_has_none()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var renewal = Renewal(() => _time.GetUtcNow() + TimeSpan.FromMinutes(10));

        var running = renewal.RunAsync(TimeSpan.FromSeconds(60), over.Token);
        await AdvanceAsync(running, TimeSpan.FromSeconds(50));
        await over.CancelAsync();
        await running;

        Assert.Empty(_calls);
        Assert.True(renewal.IsHeld);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(ProtocolErrorKind.JobNotFound)]
    [InlineData(ProtocolErrorKind.JobTaken)]
    public async Task A_job_that_is_no_longer_ours_is_told_once_and_not_asked_for_again(ProtocolErrorKind kind)
    {
        var renewal = Renewal(() => throw new ProtocolException(kind, "gone"));

        await renewal.RunAsync(TimeSpan.Zero, Cancelled);

        Assert.Equal([LockLoss.Gone], _losses);
        Assert.Equal(LockLoss.Gone, renewal.Loss);
        Assert.False(renewal.IsHeld);
        Assert.Single(_calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Failures_are_tried_again_after_5_to_15_seconds_then_15_to_30_until_5_minutes_after_the_lock()
    {
        var start = _time.GetUtcNow();
        var renewal = Renewal(() => throw new InfrastructureException("down"));

        var running = renewal.RunAsync(TimeSpan.Zero, Cancelled);
        await AdvanceAsync(running, TimeSpan.FromMinutes(20));
        await running;

        Assert.Equal([LockLoss.Expired], _losses);
        var pauses = _calls.Zip(_calls.Skip(1), (one, next) => (next - one).TotalSeconds).ToArray();
        Assert.All(pauses[..5], pause => Assert.InRange(pause, 5, 16));
        Assert.All(pauses[5..], pause => Assert.InRange(pause, 15, 31));
        Assert.InRange((_calls[^1] - start).TotalMinutes, 15, 15.6);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failure_between_successes_costs_nothing()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var renewal = Renewal(() => _calls.Count is > 1 and < 5 ? throw new InfrastructureException("down") : _time.GetUtcNow() + TimeSpan.FromMinutes(10));

        var running = renewal.RunAsync(TimeSpan.Zero, over.Token);
        await AdvanceAsync(running, TimeSpan.FromMinutes(5));
        await over.CancelAsync();
        await running;

        Assert.Empty(_losses);
        Assert.True(renewal.IsHeld);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_clock_ahead_of_GitHubs_does_not_lose_a_lock_that_was_just_renewed()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var renewal = Renewal(() => _time.GetUtcNow() - TimeSpan.FromHours(1));

        var running = renewal.RunAsync(TimeSpan.Zero, over.Token);

        Assert.True(renewal.IsHeld);
        await over.CancelAsync();
        await running;
    }

    private LockRenewal Renewal(Func<DateTimeOffset> answer) => new(
        _ =>
        {
            _calls.Add(_time.GetUtcNow());
            return Task.FromResult(answer());
        },
        _losses.Add,
        _time,
        NullLogger.Instance);

    private async Task AdvanceAsync(Task running, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span && !running.IsCompleted; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
