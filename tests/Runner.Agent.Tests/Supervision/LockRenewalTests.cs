using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Supervision;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Agent.Tests.Supervision;

public sealed class LockRenewalTests
{
    private const int Limit = 30_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedJobService _service;

    public LockRenewalTests() => _service = new ScriptedJobService(new JobId(Guid.NewGuid()), _time);

    [Fact(Timeout = Limit)]
    public async Task Outage_is_sat_out_as_long_as_the_lock_may_still_be_ours()
    {
        _service.Fail(nameof(IJobService.RenewAsync), new InfrastructureException("down"), times: 20);
        using var enough = new CancellationTokenSource();
        var keeping = Renewal().KeepAsync(TimeSpan.Zero, enough.Token);

        await AdvanceUntilAsync(() => _service.Renewals >= 22);
        await enough.CancelAsync();

        Assert.True(await keeping);
    }

    [Fact(Timeout = Limit)]
    public async Task Lock_counts_as_lost_five_minutes_after_its_end()
    {
        _service.Fail(nameof(IJobService.RenewAsync), new InfrastructureException("down"), times: 10_000);
        var start = _time.GetUtcNow();
        var keeping = Renewal().KeepAsync(TimeSpan.Zero, CancellationToken.None);

        await AdvanceUntilAsync(() => keeping.IsCompleted);

        Assert.False(await keeping);
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(17));
    }

    private LockRenewal Renewal() => new(_service, new SupervisionOptions(), _time, NullLogger.Instance);

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
