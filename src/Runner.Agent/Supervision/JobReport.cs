using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Supervision;

/// <summary>Tells GitHub how a job ended where its worker did not: first why, in the job's log, then the conclusion.</summary>
internal sealed class JobReport(SupervisionOptions options, TimeProvider time, ILogger logger)
{
    // The log is for people and may be given up; the conclusion is what GitHub waits for.
    private const int ExplainTries = 6;
    private const int CompleteTries = 20;

    /// <summary>Tells it, and keeps the lock meanwhile. False where GitHub could not be told, or did not wait for it.</summary>
    public async Task<bool> SendAsync(IJobService service, JobVerdict verdict, CancellationToken cancellationToken)
    {
        using var sent = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewal = new LockRenewal(service, options, time, logger).KeepAsync(options.RenewInterval, sent.Token);
        try
        {
            return await ExplainAndCompleteAsync(service, verdict, cancellationToken);
        }
        finally
        {
            await sent.CancelAsync();
            await renewal;
        }
    }

    private async Task<bool> ExplainAndCompleteAsync(IJobService service, JobVerdict verdict, CancellationToken cancellationToken)
    {
        await TryAsync("Writing the reason to the job's log", ExplainTries, service, () => service.ExplainAsync(verdict, cancellationToken), cancellationToken);
        return await TryAsync("Completing the job", CompleteTries, service, () => service.CompleteAsync(verdict, cancellationToken), cancellationToken);
    }

    private async Task<bool> TryAsync(string action, int tries, IJobService service, Func<Task> call, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await call();
                return true;
            }
            catch (InfrastructureException error) when (failures < tries)
            {
                var pause = RetryPauses.OfJob(options, failures, error);
                logger.JobCallRetries(action, failures, service.JobId.ToString(), pause.TotalSeconds, error.Message);
                await Task.Delay(pause, time, cancellationToken);
            }
            catch (InfrastructureException error)
            {
                logger.JobCallFailed(action, service.JobId.ToString(), error.Message);
                return false;
            }
            catch (ProtocolException error)
            {
                logger.JobLost(service.JobId.ToString(), error.Message);
                return false;
            }
        }
    }
}
