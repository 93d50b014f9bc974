using Microsoft.Extensions.Logging;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Link;

namespace Runner.Kubernetes.Link;

/// <summary>Reads what a worker tells from the log of its container.</summary>
/// <remarks>
/// What was read before a stream dropped shows by its number. A line that is missing may come with the next stream; if it does not, its file
/// is gone, and it is lost. It is over with the worker's last event at the latest. How the job ended, the pod's status says; this is only
/// what is to be seen of it.
/// </remarks>
/// <param name="jobId">The job.</param>
/// <param name="open">Opens the log and follows it.</param>
/// <param name="feed">Takes the lines.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
internal sealed class PodEvents(JobId jobId, Func<CancellationToken, Task<Stream>> open, EventFeed feed, TimeProvider time, ILogger logger) : ILogReader
{
    private long? _gapAfter;

    long ILogReader.Progress => feed.LastNumber;

    bool ILogReader.IsComplete => feed.IsComplete;

    /// <summary>Reads until there is nothing more to read, and ends the feed.</summary>
    /// <param name="over">The container does not run any more.</param>
    /// <param name="cancellationToken">Nobody reads the events any more.</param>
    public async Task ReadAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            await new FollowedLog(jobId, open, this, time, logger).FollowAsync(over, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // what is missing then, nobody asks for
        }
        finally
        {
            feed.End();
        }
    }

    async Task<bool> ILogReader.ReadAsync(Stream log, Action heard, CancellationToken silence, CancellationToken cancellationToken)
    {
        try
        {
            await LineSplitter.ReadAsync(log, TakeAsync, silence);
            return true;
        }
        catch (EnoughException enough)
        {
            return !enough.HasGap;
        }

        async ValueTask TakeAsync(ReadOnlyMemory<byte> line)
        {
            heard();

            // Not the token of silence: an event that is taken and then not handed on would be lost.
            if (await feed.TakeAsync(line, cancellationToken) == LineReading.Gap)
            {
                await FillGapAsync(line, cancellationToken);
            }

            if (feed.IsComplete)
            {
                throw new EnoughException(hasGap: false); // the container may live on for its grace
            }
        }
    }

    private async Task FillGapAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (_gapAfter != feed.LastNumber)
        {
            _gapAfter = feed.LastNumber;
            throw new EnoughException(hasGap: true);
        }

        await feed.SkipToAsync(line, cancellationToken);
    }

    private sealed class EnoughException(bool hasGap) : Exception
    {
        public bool HasGap => hasGap;
    }
}
