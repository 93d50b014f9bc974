using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Worker.Reporting;

/// <summary>Brings one spooled log to its place, whole and once, however often the service fails.</summary>
internal sealed class LogUpload(ILogBlocks log, UploadSlots slots, RetryPipeline retry, ReportingOptions options)
{
    private int _refusals;

    /// <summary>Bytes that are at GitHub for certain.</summary>
    public long Position => log.Position;

    /// <summary>Gets ahead what the next block needs. Where that fails nothing is lost: the block asks for it again, and tells.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        using var slot = await slots.TakeAsync(cancellationToken);
        try
        {
            await log.PrepareAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is InfrastructureException or ProtocolException)
        {
            // Only a head start: no block has waited for it.
        }
    }

    /// <summary>Sends the log up to a length that is on disk, trying as long as it takes.</summary>
    /// <param name="target">Length to reach.</param>
    /// <param name="isLast">Whether that is the whole log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InfrastructureException">The service refused too often; what it said is inside.</exception>
    public async Task SendAsync(long target, bool isLast, CancellationToken cancellationToken)
    {
        while (log.Position < target || (isLast && !log.IsClosed))
        {
            await RepeatAsync(token => log.SendBlockAsync(target, isLast, token), cancellationToken);
        }
    }

    /// <summary>Says that the log is complete.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => RepeatAsync(log.FinishAsync, cancellationToken);

    private Task<bool> RepeatAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => retry.ExecuteAsync(
        async token =>
        {
            using var slot = await slots.TakeAsync(token);
            try
            {
                await call(token);
                _refusals = 0;
                return true;
            }
            catch (ProtocolException refusal) when (++_refusals < options.MaxRefusals)
            {
                // A signature that expired or a storage that is not there yet: the next try asks for a new address.
                throw new InfrastructureException(refusal.Message, refusal);
            }
        },
        cancellationToken);
}
