using System.Runtime.CompilerServices;

namespace Runner.Emulator.Events;

/// <summary>
/// The latest events, for any number of readers that each go at their own pace. Bounded: a reader that falls behind is told of the gap.
/// </summary>
internal sealed class EventHub(TimeProvider time)
{
    private const int MaxEvents = 8192;
    private const int MaxWeight = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, EmulatorEvent> _events = [];
    private TaskCompletionSource _next = NewSignal();
    private long _lastNumber;
    private int _weight;

    /// <summary>Number of the latest event; 0 before the first.</summary>
    public long LastNumber
    {
        get
        {
            lock (_gate)
            {
                return _lastNumber;
            }
        }
    }

    /// <summary>Adds an event, giving it its number and time. Returns at once.</summary>
    public void Publish(EmulatorEvent happened)
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            var numbered = happened with { Number = ++_lastNumber, At = time.GetUtcNow() };
            _events.Add(_lastNumber, numbered);
            _weight += numbered.Weight;
            while ((_events.Count > MaxEvents || _weight > MaxWeight) && _events.Remove(First, out var oldest))
            {
                _weight -= oldest.Weight;
            }

            (signal, _next) = (_next, NewSignal());
        }

        signal.SetResult();
    }

    /// <summary>The events after a number, then those that come, until the token ends it.</summary>
    public async IAsyncEnumerable<EmulatorEvent> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (batch, next) = After(after);
            foreach (var happened in batch)
            {
                yield return happened;
                after = happened.Number;
            }

            if (batch.Count == 0)
            {
                await next.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Asks again after every event until there is an answer.</summary>
    public async Task<T> WaitForAsync<T>(Func<T?> answer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                next = _next.Task;
            }

            if (answer() is { } found)
            {
                return found;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private long First => _lastNumber - _events.Count + 1;

    private (List<EmulatorEvent> Batch, Task Next) After(long number)
    {
        lock (_gate)
        {
            List<EmulatorEvent> batch = [];
            if (number + 1 < First)
            {
                number = First - 1;
                batch.Add(new EmulatorEvent { Type = EmulatorEventType.Gap, Number = number, At = time.GetUtcNow() });
            }

            while (number < _lastNumber)
            {
                batch.Add(_events[++number]);
            }

            return (batch, _next.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
