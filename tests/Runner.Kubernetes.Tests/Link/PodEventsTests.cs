using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Kubernetes.Link;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Link;

/// <summary>Strings stand for what streams of a pod's log bring, one after the other; each stream begins at the log's beginning, as the real ones do.</summary>
public sealed class PodEventsTests : IDisposable
{
    private const string End = """@event 3 {"type":"jobEnded","conclusion":"succeeded"}""" + "\n";

    private readonly WaitableTime _time = new();
    private readonly CancellationTokenSource _over = new();
    private readonly EventFeed _feed;
    private int _opened;

    public PodEventsTests() => _feed = new EventFeed(_time, _ => { });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _over.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Events_come_once_over_streams_that_drop_and_the_last_one_ends_the_reading()
    {
        var reading = ReadAsync(
            () => new BrokenStream(Line(1)),
            () => throw new InfrastructureException("no answer"),
            () => new BrokenStream(Line(1) + Line(2) + "@event 3 {\"type\":\"jo"),
            () => Log(Line(1) + Line(2) + End + "the container lives on"));
        await PauseAsync(200);
        await PauseAsync(400);
        await PauseAsync(200, count: 2);

        Assert.Equal(["1", "2"], await LinesAsync());
        await reading;
        Assert.Equal((4, null), (_opened, _feed.Loss));
    }

    [Fact(Timeout = 30_000)]
    public async Task Line_that_is_missing_is_looked_for_in_the_next_stream()
    {
        var reading = ReadAsync(() => Log(Line(1) + End), () => Log(Line(1) + Line(2) + End));
        await PauseAsync(200);

        Assert.Equal(["1", "2"], await LinesAsync());
        await reading;
        Assert.Null(_feed.Loss);
    }

    [Fact(Timeout = 30_000)]
    public async Task Line_that_no_stream_brings_is_told_in_its_place()
    {
        var reading = ReadAsync(() => Log(Line(1) + End), () => Log(End));
        await PauseAsync(200);

        Assert.Equal(["1", "##[error]1 line(s) of the worker's events are missing here"], await LinesAsync());
        await reading;
        Assert.StartsWith("1 line(s) of the worker's events are lost", _feed.Loss, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Log_of_a_container_that_is_over_is_read_once_more_and_then_no_longer_waited_for()
    {
        await _over.CancelAsync();

        var reading = ReadAsync(() => Log(Line(1)), () => Log(Line(1)));
        await PauseAsync(200);

        Assert.Equal(["1"], await LinesAsync());
        await reading;
        Assert.Equal((2, "The worker's last events did not come"), (_opened, _feed.Loss));
    }

    [Fact(Timeout = 30_000)]
    public async Task Log_that_ends_before_its_last_lines_is_read_again_though_the_container_is_over()
    {
        await _over.CancelAsync();

        var reading = ReadAsync(() => Log(Line(1)), () => Log(Line(1) + Line(2) + End));
        await PauseAsync(200);

        Assert.Equal(["1", "2"], await LinesAsync());
        await reading;
        Assert.Null(_feed.Loss);
    }

    [Fact(Timeout = 30_000)]
    public async Task Log_of_a_pod_that_is_gone_is_not_waited_for()
    {
        var reading = ReadAsync(() => Log(Line(1)), () => throw new InfrastructureException("pods \"a\" not found") { StatusCode = 404 });
        await PauseAsync(200);

        Assert.Equal(["1"], await LinesAsync());
        await reading;
    }

    [Fact(Timeout = 30_000)]
    public async Task Stream_that_is_silent_for_long_is_opened_again()
    {
        var reading = ReadAsync(() => new SilentStream(), () => Log(Line(1) + Line(2) + End));
        await _time.Waits(TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromMinutes(5));
        await PauseAsync(400);

        Assert.Equal(["1", "2"], await LinesAsync());
        await reading;
    }

    [Fact(Timeout = 30_000)]
    public async Task Stream_that_is_silent_after_the_containers_end_is_not_waited_for_long()
    {
        var reading = ReadAsync(() => new SilentStream(), () => Log(Line(1) + Line(2) + End));
        await _time.Waits(TimeSpan.FromMinutes(5));
        await _over.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["1", "2"], await LinesAsync());
        await reading;
    }

    private static string Line(int number) =>
        $$"""@event {{number}} {"type":"line","time":"2026-01-31T08:15:30+00:00","text":"{{number}}"}""" + "\n";

    private static MemoryStream Log(string text) => new(Encoding.UTF8.GetBytes(text));

    private Task ReadAsync(params Func<Stream>[] streams) => new PodEvents(
        new JobId(Guid.NewGuid()), _ => Task.FromResult(streams[_opened++]()), _feed, _time, NullLogger.Instance).ReadAsync(_over.Token, Token);

    private async Task PauseAsync(int milliseconds, int count = 1)
    {
        await _time.Waits(TimeSpan.FromMilliseconds(milliseconds), count);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }

    private async Task<List<string>> LinesAsync() => await _feed.Events.OfType<LineEvent>().Select(line => line.Text).ToListAsync(Token);

    /// <summary>Breaks where its text ends, as a connection that is reset.</summary>
    private sealed class BrokenStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length ? throw new IOException("connection reset") : base.ReadAsync(buffer, cancellationToken);
    }

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
