using Runner.Worker.Locks;

namespace Runner.Worker.Reporting;

/// <summary>
/// How long reporting may go on after the job's end: at least ten minutes; as long as the lock is renewed, an hour; with the lock lost,
/// half a minute (<see cref="ReportingOptions"/>). While the job runs there is no limit.
/// </summary>
internal sealed class ReportingDeadline(LockRenewal renewal, ReportingOptions options, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Fires <paramref name="giveUp"/> when it is time; returns early when all was reported.</summary>
    public async Task WatchAsync(CancellationTokenSource giveUp, CancellationToken reported)
    {
        var ended = time.GetTimestamp();
        try
        {
            while (true)
            {
                var left = Limit() - time.GetElapsedTime(ended);
                if (left <= TimeSpan.Zero)
                {
                    await giveUp.CancelAsync();
                    return;
                }

                await Task.Delay(left < Look ? left : Look, time, reported);
            }
        }
        catch (OperationCanceledException) when (reported.IsCancellationRequested)
        {
            // All is told: there is nothing to give up.
        }
    }

    private TimeSpan Limit() => renewal switch
    {
        { Loss: not null } => options.AfterLockLost,
        { IsHeld: true } => options.MaxAfterEnd,
        _ => options.MinAfterEnd,
    };
}
