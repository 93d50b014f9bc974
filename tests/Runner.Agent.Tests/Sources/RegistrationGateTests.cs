using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Sources;

namespace Runner.Agent.Tests.Sources;

public sealed class RegistrationGateTests : IDisposable
{
    private const int Limit = 30_000;

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RegistrationGate _gate;

    public RegistrationGateTests() => _gate = new RegistrationGate(_time);

    public void Dispose()
    {
        _gate.Dispose();
        _stop.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Call_under_way_goes_on_for_ten_seconds_after_the_stop()
    {
        var answer = new TaskCompletionSource<int>();
        var (kept, cut) = (_gate.PassAsync(token => answer.Task.WaitAsync(token), _stop.Token), _gate.PassAsync(token => new TaskCompletionSource<int>().Task.WaitAsync(token), _stop.Token));

        await _stop.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(9));
        answer.SetResult(7);

        Assert.Equal(7, await kept); // GitHub has made the runner: whoever knows it can remove it
        Assert.False(cut.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cut);
    }

    [Fact(Timeout = Limit)]
    public async Task Call_that_has_not_begun_is_not_made_after_the_stop()
    {
        var held = Enumerable.Range(0, 8).Select(_ => _gate.PassAsync(token => new TaskCompletionSource<int>().Task.WaitAsync(token), _stop.Token)).ToList();
        var made = false;
        var waiting = _gate.PassAsync(
            _ =>
            {
                made = true;
                return Task.FromResult(0);
            },
            _stop.Token);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(made);
        Assert.All(held, call => Assert.False(call.IsCompleted));
    }
}
