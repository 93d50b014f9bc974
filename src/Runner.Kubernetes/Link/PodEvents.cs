using System.Net;
using Microsoft.Extensions.Logging;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Kubernetes.Link;

/// <summary>Reads what a worker tells from the log of its container, over as many streams as that takes.</summary>
/// <remarks>
/// <list type="number">
/// <item>The log is followed from its beginning.</item>
/// <item>A stream that ends, breaks or is silent for long is opened again, from the beginning too: what was read before shows by its number. The
/// log that a node gives is no longer than a file of it (10 MiB by default), so that is cheap, and no clock is trusted.</item>
/// <item>A line that is missing may come with the next stream; if it does not, its file is gone, and it is lost.</item>
/// <item>It is over with the worker's last event, or when the container is over and its log was read to the end.</item>
/// </list>
/// How the job ended, the pod's status says; this is only what is to be seen of it.
/// </remarks>
/// <param name="jobId">The job.</param>
/// <param name="open">Opens the log and follows it.</param>
/// <param name="feed">Takes the lines.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
internal sealed class PodEvents(JobId jobId, Func<CancellationToken, Task<Stream>> open, EventFeed feed, TimeProvider time, ILogger logger)
{
    // A connection that is dead without a word, as behind a NAT that forgot it, is noticed by this.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxSilenceAtEnd = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    // With the pauses between them half a minute; the pod is kept that long.
    private const int MaxTriesAtEnd = 8;

    private long? _gapAfter;

    /// <summary>Reads until there is nothing more to read, and ends the feed.</summary>
    /// <param name="over">The container does not run any more.</param>
    /// <param name="cancellationToken">Nobody reads the events any more.</param>
    public async Task ReadAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            await FollowAsync(over, cancellationToken);
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

    private async Task FollowAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var triesAtEnd = 0;
        while (true)
        {
            var wasOver = over.IsCancellationRequested;
            var read = feed.LastNumber;
            var end = await ReadOnceAsync(over, cancellationToken);
            if (feed.IsComplete || end == StreamEnd.Gone || (wasOver && (end == StreamEnd.Complete || ++triesAtEnd == MaxTriesAtEnd)))
            {
                return;
            }

            pause = feed.LastNumber != read || end == StreamEnd.Gap ? FirstPause : pause * 2 < MaxPause ? pause * 2 : MaxPause;
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
            await LineSplitter.ReadAsync(log, TakeAsync, silence.Token);
            return StreamEnd.Complete;
        }
        catch (InfrastructureException error) when (error.StatusCode == (int)HttpStatusCode.NotFound)
        {
            return StreamEnd.Gone;
        }
        catch (GapException)
        {
            return StreamEnd.Gap;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested
            && failure is IOException or HttpRequestException or InfrastructureException or OperationCanceledException)
        {
            logger.LogStreamDropped(jobId, feed.LastNumber, failure.Message);
            return StreamEnd.Dropped; // or we have ended it, after the last event
        }

        async ValueTask TakeAsync(ReadOnlyMemory<byte> line)
        {
            timer.Change(over.IsCancellationRequested ? MaxSilenceAtEnd : MaxSilence, Timeout.InfiniteTimeSpan);

            // Not the token of silence: an event that is taken and then not handed on would be lost.
            if (await feed.TakeAsync(line, cancellationToken) == LineReading.Gap)
            {
                await FillGapAsync(line, cancellationToken);
            }

            if (feed.IsComplete)
            {
                await silence.CancelAsync(); // the container may live on for its grace
            }
        }
    }

    private async Task FillGapAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (_gapAfter != feed.LastNumber)
        {
            _gapAfter = feed.LastNumber;
            throw new GapException();
        }

        await feed.SkipToAsync(line, cancellationToken);
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

    private sealed class GapException : Exception;
}
