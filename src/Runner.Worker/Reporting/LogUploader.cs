using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Worker.Logging;

namespace Runner.Worker.Reporting;

/// <summary>
/// Decides when a log is sent: while it grows, as blocks fill or some time passed; when it ended, at once. What sending needs is had before, so that the
/// end of a job waits for the bytes alone.
/// </summary>
internal sealed class LogUploader(string name, LogSpool spool, LogUpload upload, ReportingOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Called when a part of the log that still grows is at GitHub.</summary>
    public Action Sent { get; init; } = static () => { };

    /// <summary>Sends the log until it is complete.</summary>
    /// <returns>Whether all that was spooled is at GitHub.</returns>
    public async Task<bool> RunAsync(CancellationToken giveUp)
    {
        try
        {
            await FollowAsync(giveUp);
            var length = spool.Flush();
            if (length > 0)
            {
                await upload.SendAsync(length, isLast: true, giveUp);
                await upload.FinishAsync(giveUp);
            }

            return true;
        }
        catch (Exception exception) when (exception is InfrastructureException or ProtocolException or OperationCanceledException or IOException)
        {
            logger.LogIncomplete(exception is OperationCanceledException ? null : exception, name, upload.Position, spool.Length);
            return false;
        }
        finally
        {
            spool.Dispose();
        }
    }

    private async Task FollowAsync(CancellationToken giveUp)
    {
        var partialDelay = options.FirstPartialDelay;
        var lastSent = time.GetTimestamp();
        while (true)
        {
            await upload.PrepareAsync(giveUp);
            if (spool.IsEnded)
            {
                return;
            }

            spool.WakeAt(upload.Position + options.BlockBytes);
            var untilPartial = partialDelay - time.GetElapsedTime(lastSent);
            if (untilPartial > TimeSpan.Zero)
            {
                await spool.Grown.WaitAsync(untilPartial, time, giveUp);
            }

            if (spool.IsEnded)
            {
                return;
            }

            var isBlockFull = spool.Length >= upload.Position + options.BlockBytes;
            if (!isBlockFull && time.GetElapsedTime(lastSent) < partialDelay)
            {
                continue;
            }

            if (!isBlockFull)
            {
                partialDelay = partialDelay * 2 < options.MaxPartialDelay ? partialDelay * 2 : options.MaxPartialDelay;
            }

            await upload.SendAsync(spool.Flush(), isLast: false, giveUp);
            lastSent = time.GetTimestamp();
            Sent();
        }
    }
}
