using Runner.Jobs;

namespace Runner.Emulator.Jobs;

/// <summary>What a job can run out of.</summary>
internal enum JobLimit
{
    /// <summary>Its offer or lock ends unless it is acquired or renewed.</summary>
    Due,

    /// <summary>It was assigned to a scale set, none of whose runners takes it.</summary>
    Assignment,

    /// <summary>It has run for as long as it may (<c>timeout-minutes</c>).</summary>
    Timeout,

    /// <summary>It was cancelled and does not stop.</summary>
    CancelTimeout,
}

/// <summary>One timer for each limit of a job. Not thread-safe: <see cref="JobBoard"/> guards it; its alarms come outside of any lock.</summary>
internal sealed class JobClock(TimeProvider time, Action<JobId, JobLimit> alarm) : IDisposable
{
    private readonly Dictionary<(JobId Job, JobLimit Limit), ITimer> _timers = [];

    /// <summary>Sets a limit anew.</summary>
    public void Set(JobId job, JobLimit limit, TimeSpan wait)
    {
        if (_timers.TryGetValue((job, limit), out var timer))
        {
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timers[(job, limit)] = time.CreateTimer(_ => alarm(job, limit), null, wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lifts a limit.</summary>
    public void Lift(JobId job, JobLimit limit)
    {
        if (_timers.Remove((job, limit), out var timer))
        {
            timer.Dispose();
        }
    }

    /// <summary>Lifts all limits of a job.</summary>
    public void Lift(JobId job)
    {
        foreach (var limit in Enum.GetValues<JobLimit>())
        {
            Lift(job, limit);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Dispose();
        }

        _timers.Clear();
    }
}
