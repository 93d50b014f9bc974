using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Supervision;

/// <summary>Keeps the lock of a job while no worker does (<c>run-service.md</c> section 3).</summary>
internal sealed class LockRenewal(IJobService service, SupervisionOptions options, TimeProvider time, ILogger logger)
{
    // Past the end of the lock the service may still know the job: GitHub's runner goes on for so long.
    private static readonly TimeSpan AfterLockEnds = TimeSpan.FromMinutes(5);

    // Until the first answer says more: what GitHub's service is seen to give.
    private static readonly TimeSpan AssumedLock = TimeSpan.FromMinutes(10);

    /// <summary>Renews again and again until the token says that it is enough. False where the lock was lost.</summary>
    /// <param name="first">Pause before the first renewal: none where nobody knows when it was renewed last.</param>
    /// <param name="cancellationToken">Ends the renewal: the worker does it now, or the job is over.</param>
    public async Task<bool> KeepAsync(TimeSpan first, CancellationToken cancellationToken)
    {
        var lockedUntil = time.GetUtcNow() + AssumedLock;
        var failures = 0;
        try
        {
            await Task.Delay(first, time, cancellationToken);
            while (true)
            {
                var pause = options.RenewInterval;
                try
                {
                    lockedUntil = await service.RenewAsync(cancellationToken);
                    failures = 0;
                }
                catch (InfrastructureException error) when (time.GetUtcNow() < lockedUntil + AfterLockEnds)
                {
                    pause = RetryPauses.OfJob(options, ++failures, error);
                    logger.JobCallRetries("Renewing the lock", failures, service.JobId.ToString(), pause.TotalSeconds, error.Message);
                }

                await Task.Delay(pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception error) when (error is ProtocolException or InfrastructureException)
        {
            logger.JobLost(service.JobId.ToString(), error.Message);
            return false;
        }
    }
}
