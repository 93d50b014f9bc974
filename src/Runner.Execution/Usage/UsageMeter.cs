using Runner.Jobs;

namespace Runner.Execution.Usage;

/// <summary>Measures what a job and each of its steps use of processors and memory. Safe from any thread.</summary>
/// <remarks>The kernel counts for the whole control group, so steps that run at the same time are told what all of them used, and that they shared it.</remarks>
internal sealed class UsageMeter : IDisposable
{
    /// <summary>Time between two samples of the memory. A look costs some tens of microseconds.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly GroupCounters _counters;
    private readonly Dictionary<StepId, UsageSpan> _steps = [];
    private readonly List<UsageSpan> _running = [];
    private readonly UsageSpan _job;
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private bool _isOver;

    private UsageMeter(GroupCounters counters, TimeProvider time)
    {
        _counters = counters;
        (_time, _begun) = (time, time.GetTimestamp());
        _job = new UsageSpan(counters.ReadCpu(), counters.ReadMark());
        _timer = time.CreateTimer(static meter => (meter as UsageMeter)?.Sample(), this, Period, Period);
    }

    /// <summary>Begins to measure; <c>null</c>: nothing can be measured here.</summary>
    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are: <c>/</c>.</param>
    /// <param name="time">The clock of the samples.</param>
    public static UsageMeter? TryStart(string root, TimeProvider time) => GroupCounters.Find(root) is { } counters ? new UsageMeter(counters, time) : null;

    /// <summary>For how long it has measured.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_begun);

    /// <summary>A step runs, until what this returns is disposed.</summary>
    public IDisposable Begin(StepId step)
    {
        lock (_lock)
        {
            var span = new UsageSpan(_counters.ReadCpu(), _counters.ReadMark()) { IsShared = _running.Count > 0 };
            _running.ForEach(other => other.IsShared = true);
            _running.Add(span);
            _steps[step] = span;
            Take();
            return new Running(this, span);
        }
    }

    /// <summary>What a step used; <c>null</c>: it did not run, or not here.</summary>
    public UsageSpan? Of(StepId step)
    {
        lock (_lock)
        {
            return _steps.GetValueOrDefault(step);
        }
    }

    /// <summary>What the job has used by now, the worker's own work for it included.</summary>
    public (UsageSpan Used, long? MemoryLimit) OfJob()
    {
        lock (_lock)
        {
            Take();
            _job.End(_counters.ReadCpu(), _counters.ReadMark());
            return (_job, _counters.ReadLimit());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _isOver = true;
            _counters.Dispose();
        }
    }

    private void Sample()
    {
        lock (_lock)
        {
            if (!_isOver) // the last turn of a timer may come after its end
            {
                Take();
            }
        }
    }

    private void Take()
    {
        var sample = _counters.ReadMemory();
        _job.Add(sample);
        foreach (var span in _running)
        {
            span.Add(sample);
        }
    }

    private void End(UsageSpan span)
    {
        lock (_lock)
        {
            if (_running.Contains(span) && !_isOver)
            {
                Take();
                span.End(_counters.ReadCpu(), _counters.ReadMark());
                _running.Remove(span);
            }
        }
    }

    private sealed class Running(UsageMeter meter, UsageSpan span) : IDisposable
    {
        public void Dispose() => meter.End(span);
    }
}
