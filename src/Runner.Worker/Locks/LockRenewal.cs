using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Worker.Logging;

namespace Runner.Worker.Locks;

/// <summary>Why a job is no longer ours.</summary>
internal enum LockLoss
{
    /// <summary>GitHub says so.</summary>
    Gone,

    /// <summary>It could not be renewed until five minutes after its end.</summary>
    Expired,
}

/// <summary>Keeps the job's lock (<c>run-service.md</c> section 3): every 60 s from its acquisition on, to the end of the worker's reporting.</summary>
/// <param name="renew">Makes one call; gives until when the lock is held.</param>
/// <param name="onLost">Is told once, when the lock is lost.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">For the operator.</param>
internal sealed class LockRenewal(
    Func<CancellationToken, Task<DateTimeOffset>> renew, Action<LockLoss> onLost, TimeProvider time, ILogger logger)
{
    private const int FailuresBeforeLongerPause = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromMinutes(5);

    // Until the first answer: what GitHub gives at present.
    private static readonly TimeSpan AssumedLock = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private DateTimeOffset _lockedUntil = time.GetUtcNow() + AssumedLock;

    /// <summary>Why the lock is lost, or <c>null</c>.</summary>
    public LockLoss? Loss
    {
        get
        {
            lock (_lock)
            {
                return field;
            }
        }

        private set;
    }

    /// <summary>Whether, by what GitHub said last, the job is still ours.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return Loss is null && time.GetUtcNow() < _lockedUntil;
            }
        }
    }

    /// <summary>
    /// How long a worker that starts may wait before it renews: an acquired job is locked for ten minutes, so in its first one a renewal tells nobody anything.
    /// Later it does: that the job is still ours before much of it has run.
    /// </summary>
    /// <param name="acquired">When the job was acquired, or shortly before; <c>null</c>: that is not known.</param>
    /// <param name="now">The present.</param>
    /// <returns>None where the job is older, its age is not known, or is that of another clock.</returns>
    public static TimeSpan UntilFirst(DateTimeOffset? acquired, DateTimeOffset now) =>
        now - acquired is { } age && age >= TimeSpan.Zero && age < Interval ? Interval - age : TimeSpan.Zero;

    /// <summary>Renews until it is cancelled or the lock is lost. Never throws.</summary>
    /// <param name="first">Pause before the first renewal (<see cref="UntilFirst"/>).</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(TimeSpan first, CancellationToken cancellationToken)
    {
        var failures = 0;
        try
        {
            await Task.Delay(first, time, cancellationToken);
            while (true)
            {
                var pause = Interval;
                try
                {
                    var until = await renew(cancellationToken);
                    Prolong(until);
                    failures = 0;
                }
                catch (ProtocolException refusal) when (refusal.Kind is ProtocolErrorKind.JobNotFound or ProtocolErrorKind.JobTaken)
                {
                    Lose(LockLoss.Gone);
                    return;
                }
                catch (Exception failure) when (failure is InfrastructureException or ProtocolException)
                {
                    if (time.GetUtcNow() >= _lockedUntil + AfterExpiry)
                    {
                        Lose(LockLoss.Expired);
                        return;
                    }

                    pause = PauseAfter(++failures, (failure as InfrastructureException)?.RetryAfter);
                    logger.RenewalFailed(failure, failures, _lockedUntil, pause.TotalSeconds);
                }

                await Task.Delay(pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The job is over.
        }
    }

    private static TimeSpan PauseAfter(int failures, TimeSpan? asked)
    {
        var (least, most) = failures <= FailuresBeforeLongerPause ? (5, 15) : (15, 30);
        var pause = TimeSpan.FromSeconds(least + (Random.Shared.NextDouble() * (most - least)));
        return asked > pause && asked < Interval ? asked.Value : pause;
    }

    private void Prolong(DateTimeOffset until)
    {
        lock (_lock)
        {
            // A clock that runs ahead of GitHub's must not make a lock that was just renewed look expired.
            var least = time.GetUtcNow() + Interval;
            _lockedUntil = until > least ? until : least;
        }
    }

    private void Lose(LockLoss loss)
    {
        lock (_lock)
        {
            Loss = loss;
        }

        logger.LockLost(loss.ToString());
        onLost(loss);
    }
}
