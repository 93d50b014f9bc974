using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Worker.Locks;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Reporting;

public sealed class ReportingDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData("gone", 30)]
    [InlineData("failing", 600)]
    [InlineData("held", 3600)]
    public async Task The_lock_decides_how_long_reporting_goes_on(string state, int seconds)
    {
        var locked = new LockRenewal(
            _ => state switch
            {
                "gone" => throw new ProtocolException(ProtocolErrorKind.JobNotFound, "gone"),
                "failing" => throw new InfrastructureException("down"),
                _ => Task.FromResult(_time.GetUtcNow() + TimeSpan.FromMinutes(10)),
            },
            _ => { },
            _time,
            NullLogger.Instance);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var renewing = locked.RunAsync(TimeSpan.Zero, over.Token);
        using var giveUp = new CancellationTokenSource();
        var start = _time.GetUtcNow();

        var watching = new ReportingDeadline(locked, new ReportingOptions(), _time).WatchAsync(giveUp, Cancelled);
        while (!watching.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(giveUp.IsCancellationRequested);
        Assert.InRange((_time.GetUtcNow() - start).TotalSeconds, seconds, seconds + 30);
        await over.CancelAsync();
        await renewing;
    }

    [Fact(Timeout = 30_000)]
    public async Task It_ends_without_giving_up_when_all_was_reported()
    {
        var locked = new LockRenewal(_ => Task.FromResult(_time.GetUtcNow()), _ => { }, _time, NullLogger.Instance);
        using var giveUp = new CancellationTokenSource();
        using var reported = new CancellationTokenSource();

        var watching = new ReportingDeadline(locked, new ReportingOptions(), _time).WatchAsync(giveUp, reported.Token);
        await reported.CancelAsync();
        await watching;

        Assert.False(giveUp.IsCancellationRequested);
    }
}
