using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Worker.Logging;

namespace Runner.Worker.Reporting;

/// <summary>Sends step summaries (<c>results-service.md</c> section 4), at most 1 MiB each.</summary>
internal sealed class SummaryUploader(IReportService service, UploadSlots slots, RetryPipeline retry, ReportingOptions options, ILogger logger)
{
    /// <summary>Sends one.</summary>
    /// <returns>Whether it is at GitHub; one that is larger than the service takes is not.</returns>
    public async Task<bool> SendAsync(StepId step, ReadOnlyMemory<byte> markdown, CancellationToken giveUp)
    {
        var refusals = 0;
        try
        {
            return await retry.ExecuteAsync(
                async token =>
                {
                    using var slot = await slots.TakeAsync(token);
                    try
                    {
                        return await SendOnceAsync(step, markdown, token);
                    }
                    catch (ProtocolException refusal) when (++refusals < options.MaxRefusals)
                    {
                        throw new InfrastructureException(refusal.Message, refusal);
                    }
                },
                giveUp);
        }
        catch (Exception exception) when (exception is InfrastructureException or ProtocolException or OperationCanceledException)
        {
            logger.SummaryIncomplete(exception is OperationCanceledException ? null : exception, step.ToString());
            return false;
        }
    }

    private async Task<bool> SendOnceAsync(StepId step, ReadOnlyMemory<byte> markdown, CancellationToken cancellationToken)
    {
        if (await service.TryPutSummaryAsync(step, markdown, cancellationToken))
        {
            return true;
        }

        logger.SummaryIncomplete(null, step.ToString());
        return false;
    }
}
