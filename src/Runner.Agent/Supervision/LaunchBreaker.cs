using Microsoft.Extensions.Logging;
using Runner.Agent.Monitoring;

namespace Runner.Agent.Supervision;

/// <summary>
/// Stops a pool from taking jobs while none of them can be started, so that they wait at GitHub, where other runners may have them, and
/// do not fail here one after the other.
/// </summary>
/// <remarks>
/// Closed: all slots take jobs. After some failures in a row it opens: no slot does. A launch that is refused is one, and so is a place that
/// was taken and in which the worker did not start. Jobs that were taken before go on trying, and the first whose worker runs closes it. Where
/// there is none left, one slot after a pause takes one job: if that runs, it closes, else the pause doubles. Only failures of the place count,
/// not those of a job (<see cref="Backends.JobEnd.IsPlaceAtFault"/>).
/// </remarks>
internal sealed class LaunchBreaker(string pool, AgentMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>So many failures in a row open it.</summary>
    public const int Threshold = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // A job for which there is no room for long may be larger than the others, which are not to wait for it.
    private static readonly TimeSpan LongestCrowd = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private CancellationTokenSource _opening = new();
    private int _failures;
    private int _waiting;
    private int _crowded;
    private string? _crowd;
    private DateTimeOffset _crowdUntil;
    private int _openings;
    private DateTimeOffset _until;
    private bool _isOpen;
    private bool _hasProbe;

    /// <summary>Fires when it opens; a new token stands here once it has closed again.</summary>
    public CancellationToken Opening
    {
        get
        {
            lock (_gate)
            {
                return _opening.Token;
            }
        }
    }

    /// <summary>Why no job is taken, or <c>null</c>: jobs are.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>
    /// For what jobs wait that were taken and have no room, or <c>null</c>: none does, or all have waited for long. No more are taken meanwhile, though
    /// nothing has failed.
    /// </summary>
    public string? Crowd
    {
        get
        {
            lock (_gate)
            {
                return _crowded > 0 && time.GetUtcNow() < _crowdUntil ? _crowd : null;
            }
        }
    }

    /// <summary>Whether one job is to be taken to find out whether it can be started.</summary>
    public bool WantsProbe
    {
        get
        {
            lock (_gate)
            {
                return _isOpen && _waiting == 0 && !_hasProbe && time.GetUtcNow() >= _until;
            }
        }
    }

    /// <summary>
    /// Waits until a job may be taken. True where it is the one that finds out whether it can be started: whoever got that says
    /// <see cref="EndProbe"/>.
    /// </summary>
    public async Task<bool> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan pause;
            lock (_gate)
            {
                if (!_isOpen)
                {
                    return false;
                }

                pause = _until - time.GetUtcNow();
                var mayProbe = _waiting == 0 && !_hasProbe;
                if (mayProbe && pause <= TimeSpan.Zero)
                {
                    _hasProbe = true;
                    logger.PoolProbes(pool);
                    return true;
                }

                changed = _changed.Task;
                pause = mayProbe ? pause : Timeout.InfiniteTimeSpan;
            }

            await WaitAsync(changed, pause, cancellationToken);
        }
    }

    /// <summary>The slot that was to find out got no job, or its job's launch has ended.</summary>
    public void EndProbe()
    {
        lock (_gate)
        {
            _hasProbe = false;
            Signal();
        }
    }

    /// <summary>A job begins to try again; disposing the result says that it does not any more.</summary>
    public IDisposable Wait()
    {
        lock (_gate)
        {
            _waiting++;
        }

        return new Waiting(EndWait);
    }

    /// <summary>A job that was taken waits for room; disposing the result says that it does not any more.</summary>
    public IDisposable WaitForRoom(string reason)
    {
        lock (_gate)
        {
            _crowded++;
            (_crowd, _crowdUntil) = (reason, time.GetUtcNow() + LongestCrowd);
        }

        return new Waiting(EndCrowd);
    }

    /// <summary>A job's worker runs.</summary>
    public void Succeed()
    {
        lock (_gate)
        {
            (_failures, _openings) = (0, 0);
            if (_isOpen)
            {
                _isOpen = false;
                Obstacle = null;
                _opening = new CancellationTokenSource(); // the old one has fired, there is nothing left in it
                metrics.PoolStopped(pool, isStopped: false);
                logger.PoolTakesAgain(pool);
                Signal();
            }
        }
    }

    /// <summary>A job could not be started, and not by its own fault.</summary>
    public void Fail(string reason)
    {
        CancellationTokenSource opening;
        lock (_gate)
        {
            _failures++;
            if (_isOpen ? !_hasProbe : _failures < Threshold)
            {
                return;
            }

            var pause = FirstPause * Math.Pow(2, Math.Min(_openings++, 10));
            pause = pause < LongestPause ? pause : LongestPause;
            _until = time.GetUtcNow() + pause;
            Obstacle = reason;
            _hasProbe = false;
            _isOpen = true;
            opening = _opening;
            metrics.PoolStopped(pool, isStopped: true);
            logger.PoolStops(pool, _failures, pause.TotalSeconds, reason);
            Signal();
        }

        opening.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _opening.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private async Task WaitAsync(Task changed, TimeSpan pause, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(pause, time, ending.Token));
        await ending.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void EndWait()
    {
        lock (_gate)
        {
            _waiting--;
            Signal();
        }
    }

    private void EndCrowd()
    {
        lock (_gate)
        {
            _crowded--;
        }
    }

    private sealed class Waiting(Action end) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                end();
            }
        }
    }
}
