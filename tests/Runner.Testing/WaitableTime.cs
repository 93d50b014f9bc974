using Microsoft.Extensions.Time.Testing;

namespace Runner.Testing;

/// <summary>
/// A fake clock that tells when somebody waits on it, so that a test advances it neither too early nor by guess:
/// <c>await time.Waits(TimeSpan.FromSeconds(5)); time.Advance(…)</c>.
/// </summary>
public sealed class WaitableTime : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TimeSpan, int> _timers = [];
    private readonly List<(TimeSpan Due, int Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly List<(TimeSpan Least, TaskCompletionSource<TimeSpan> Made)> _longWaiters = [];

    /// <summary>Completes when the <paramref name="count"/>-th timer for this time was made, also if that was before.</summary>
    public Task Waits(TimeSpan due, int count = 1)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_timers.GetValueOrDefault(due) >= count)
            {
                reached.SetResult();
            }

            _waiters.Add((due, count, reached));
            return reached.Task;
        }
    }

    /// <summary>The time of the first timer for this long or longer, when it was made: a delay whose jitter nobody knows beforehand.</summary>
    public Task<TimeSpan> WaitsAtLeast(TimeSpan least)
    {
        lock (_lock)
        {
            var made = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_timers.Keys.Where(due => due >= least).Order().ToArray() is [var first, ..])
            {
                made.SetResult(first);
            }

            _longWaiters.Add((least, made));
            return made.Task;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _timers[dueTime] = _timers.GetValueOrDefault(dueTime) + 1;
            foreach (var (due, count, reached) in _waiters)
            {
                if (due == dueTime && _timers[dueTime] >= count)
                {
                    reached.TrySetResult();
                }
            }

            foreach (var (_, made) in _longWaiters.Where(waiter => dueTime >= waiter.Least))
            {
                made.TrySetResult(dueTime);
            }
        }

        return timer;
    }
}
