using System.Net;
using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Kubernetes.Link;

/// <summary>Takes what streams of a container's log bring. Each begins at the log's beginning.</summary>
internal interface ILogReader
{
    /// <summary>How much was taken; grows.</summary>
    long Progress { get; }

    /// <summary>Whether nothing more is wanted, although the container may live on.</summary>
    bool IsComplete { get; }

    /// <summary>Reads a stream; gives whether to its end. False: it is to be opened again, for something was missing.</summary>
    /// <param name="log">The stream.</param>
    /// <param name="heard">To be called at each sign of life.</param>
    /// <param name="silence">The stream is silent for too long, or nobody reads any more.</param>
    /// <param name="cancellationToken">Nobody reads any more.</param>
    Task<bool> ReadAsync(Stream log, Action heard, CancellationToken silence, CancellationToken cancellationToken);
}

/// <summary>Follows the log of a container over as many streams as that takes.</summary>
/// <remarks>
/// <list type="number">
/// <item>The log is followed from its beginning.</item>
/// <item>A stream that ends, breaks or is silent for long is opened again, from the beginning too: the reader knows what it has. The log that
/// a node gives is no longer than a file of it (10 MiB by default), so that is cheap, and no clock is trusted.</item>
/// <item>It is over when the reader has all it wants, or when the container is over and its log, read to the end once more, had nothing new: a
/// node under load was seen to end a log before its last lines.</item>
/// </list>
/// </remarks>
/// <param name="jobId">The job.</param>
/// <param name="open">Opens the log and follows it.</param>
/// <param name="reader">Takes what comes.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
internal sealed class FollowedLog(JobId jobId, Func<CancellationToken, Task<Stream>> open, ILogReader reader, TimeProvider time, ILogger logger)
{
    // A connection that is dead without a word, as behind a NAT that forgot it, is noticed by this.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxSilenceAtEnd = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    // With the pauses between them half a minute; the pod is kept that long.
    private const int MaxTriesAtEnd = 8;

    /// <summary>Reads until there is nothing more to read.</summary>
    /// <param name="over">The container does not run any more.</param>
    /// <param name="cancellationToken">Nobody reads any more.</param>
    public async Task FollowAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var triesAtEnd = 0;
        while (true)
        {
            var wasOver = over.IsCancellationRequested;
            var read = reader.Progress;
            var end = await ReadOnceAsync(over, cancellationToken);
            if (reader.IsComplete || end == StreamEnd.Gone || (wasOver && ((end == StreamEnd.Complete && reader.Progress == read) || ++triesAtEnd == MaxTriesAtEnd)))
            {
                return;
            }

            pause = reader.Progress != read || end == StreamEnd.Gap ? FirstPause : pause * 2 < MaxPause ? pause * 2 : MaxPause;
            await PauseAsync(pause, wasOver ? CancellationToken.None : over, cancellationToken);
        }
    }

    private async Task<StreamEnd> ReadOnceAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => silence.Cancel(), state: null, MaxSilence, Timeout.InfiniteTimeSpan);
        using var ending = over.Register(() => timer.Change(MaxSilenceAtEnd, Timeout.InfiniteTimeSpan));
        try
        {
            await using var log = await open(silence.Token);
            var isWhole = await reader.ReadAsync(
                log, () => timer.Change(over.IsCancellationRequested ? MaxSilenceAtEnd : MaxSilence, Timeout.InfiniteTimeSpan), silence.Token, cancellationToken);
            return isWhole ? StreamEnd.Complete : StreamEnd.Gap;
        }
        catch (InfrastructureException error) when (error.StatusCode == (int)HttpStatusCode.NotFound)
        {
            return StreamEnd.Gone;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested
            && failure is IOException or HttpRequestException or InfrastructureException or OperationCanceledException)
        {
            logger.LogStreamDropped(jobId, reader.Progress, failure.Message);
            return StreamEnd.Dropped;
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken over, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancellationToken);
        try
        {
            await Task.Delay(pause, time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return; // the container is over: the rest of its log is there
        }
    }

    private enum StreamEnd
    {
        Complete,
        Dropped,
        Gap,
        Gone,
    }
}
