using System.Globalization;
using System.Threading.Channels;
using Runner.Jobs.Link;

namespace Runner.Backends.Link;

/// <summary>Turns the lines that a worker printed into the events of its job, for one reader, and notices what is missing.</summary>
/// <remarks>It holds a bounded number of events: whoever brings lines waits for the reader, and so does the worker behind a pipe.</remarks>
/// <param name="time">Stamps the notes on what is missing.</param>
/// <param name="requested">Is told of each request as soon as it is read, however far the reader of the events is.</param>
/// <param name="isRead">
/// Whether somebody reads the events. If not, as of a job that is reported to GitHub, they are dropped, and only requests are told.
/// </param>
public sealed class EventFeed(TimeProvider time, Action<RequestMadeEvent> requested, bool isRead = true)
{
    private const int MaxPendingEvents = 1024;
    private const int MaxRequestBytes = 1024;

    private readonly EventLineReader _lines = new();
    private readonly Channel<WorkerEvent> _events = Channel.CreateBounded<WorkerEvent>(
        new BoundedChannelOptions(MaxPendingEvents) { SingleReader = true, SingleWriter = true });

    private long _lost;

    /// <summary>The events, in order; to be read once.</summary>
    public IAsyncEnumerable<WorkerEvent> Events => _events.Reader.ReadAllAsync();

    /// <summary>Number of the last line that was taken.</summary>
    public long LastNumber => _lines.LastNumber;

    /// <summary>Whether the job's last event came.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What of the events did not come, in words; <c>null</c>: they are complete, or the job is not over.</summary>
    public string? Loss { get; private set; }

    /// <summary>Takes a line, without its end.</summary>
    /// <returns>What it was; after <see cref="LineReading.Gap"/>, bring what is missing, or give it up by <see cref="SkipToAsync"/>.</returns>
    public async ValueTask<LineReading> TakeAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (!isRead)
        {
            return TakeRequest(line.Span);
        }

        var reading = _lines.Read(line.Span);
        switch (reading)
        {
            case LineReading.Event when _lines.Event is { } workerEvent:
                IsComplete |= workerEvent is JobEndedEvent;
                if (workerEvent is RequestMadeEvent request)
                {
                    requested(request);
                }

                await WriteAsync(workerEvent, cancellationToken);
                break;
            case LineReading.Unreadable:
                await NoteLossAsync(1, cancellationToken);
                break;
        }

        return reading;
    }

    /// <summary>Gives up what is missing before a line, says so in the job's log, and takes the line.</summary>
    public async ValueTask SkipToAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var lost = _lines.SkipTo(line.Span);
        if (lost > 0)
        {
            await NoteLossAsync(lost, cancellationToken);
        }

        await TakeAsync(line, cancellationToken);
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        if (isRead && !IsComplete && _lines.LastNumber > 0)
        {
            Loss ??= "The worker's last events did not come";
        }

        _events.Writer.TryComplete();
    }

    // Each request is a line by itself and says by its proof that it is one. Numbers say nothing: who forges lines forges these, and then those
    // of the worker would count as read.
    private LineReading TakeRequest(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxRequestBytes || EventLineReader.TryReadWhole(line) is not RequestMadeEvent request)
        {
            return LineReading.Foreign;
        }

        requested(request);
        return LineReading.Event;
    }

    private ValueTask NoteLossAsync(long lost, CancellationToken cancellationToken)
    {
        _lost += lost;
        Loss = string.Create(CultureInfo.InvariantCulture, $"{_lost} line(s) of the worker's events are lost: the job's log is not complete");
        var text = string.Create(CultureInfo.InvariantCulture, $"##[error]{lost} line(s) of the worker's events are missing here");
        return WriteAsync(new LineEvent { Time = time.GetUtcNow(), Text = text }, cancellationToken);
    }

    private ValueTask WriteAsync(WorkerEvent workerEvent, CancellationToken cancellationToken) =>
        isRead ? _events.Writer.WriteAsync(workerEvent, cancellationToken) : ValueTask.CompletedTask;
}
